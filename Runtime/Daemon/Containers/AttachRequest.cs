namespace Rtd.Daemon.Containers;

/// <summary>What an attach asks for.</summary>
/// <param name="Logs">Replay the log first.</param>
/// <param name="Stream">Stay attached.</param>
/// <param name="DetachKeys">null takes the default.</param>
internal sealed record AttachRequest(bool Logs, bool Stream, bool Stdin, bool Stdout, bool Stderr, string? DetachKeys, bool WebSocket = false);
