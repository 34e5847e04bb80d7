namespace Rtd.Daemon.Plugins;

/// <summary>No connection to a plugin came about, so that it has seen nothing of the request.</summary>
internal sealed class PluginUnreachableException(string message, Exception inner) : IOException(message, inner);
