namespace Rtd.Daemon.Api.Models;

/// <summary>The built-in drivers by family.</summary>
internal sealed record PluginsInfo(IReadOnlyList<string> Volume, IReadOnlyList<string> Network, IReadOnlyList<string>? Authorization, IReadOnlyList<string> Log);
