namespace Rtd.Daemon.Networking.Publishing;

/// <summary>A host port that cannot be had, in Docker's words.</summary>
internal sealed class PortConflictException(string message, Exception? inner = null) : Exception(message, inner);
