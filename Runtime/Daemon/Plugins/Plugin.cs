namespace Rtd.Daemon.Plugins;

/// <summary>A plugin that has answered <c>Plugin.Activate</c>.</summary>
/// <param name="Implements">The subsystems it serves.</param>
internal sealed record Plugin(string Name, PluginClient Client, IReadOnlyList<string> Implements);
