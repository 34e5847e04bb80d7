namespace Rtd.Client.CommandLine;

/// <summary>A verb's options and its arguments.</summary>
internal sealed record ParsedOptions<TOptions>(TOptions Options, List<string> Arguments);
