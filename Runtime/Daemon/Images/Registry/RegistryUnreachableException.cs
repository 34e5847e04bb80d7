namespace Rtd.Daemon.Images.Registry;

/// <summary>No answer came from a registry: no name, no connection, no TLS, or not in time. The message is as Go's HTTP client says it.</summary>
internal sealed class RegistryUnreachableException(string message, Exception? inner) : IOException(message, inner);
