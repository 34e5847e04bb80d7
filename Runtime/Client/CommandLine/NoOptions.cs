namespace Rtd.Client.CommandLine;

/// <summary>For verbs without options.</summary>
internal sealed class NoOptions
{
}
