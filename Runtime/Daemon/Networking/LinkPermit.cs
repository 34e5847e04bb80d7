namespace Rtd.Daemon.Networking;

/// <summary>What a link of containers allows on a bridge whose containers do not reach each other.</summary>
/// <param name="ContainerId">The container that may be reached, whether it is there or not.</param>
/// <param name="Ports">At these ports.</param>
internal sealed record LinkPermit(string ContainerId, IReadOnlyList<(int Port, string Protocol)> Ports);
