namespace Rtd.Protocol.Spec;

/// <summary>The network state that the daemon sends down the sync socket once cgroups and links are in place.</summary>
/// <param name="Loopback">Whether lo is brought up (every namespace of our own: yes).</param>
/// <param name="Interfaces">Links already moved into the namespace.</param>
/// <param name="Routes">Set after all interfaces are up.</param>
internal sealed record NetworkState(bool Loopback, IReadOnlyList<NetworkInterface> Interfaces, IReadOnlyList<NetworkRoute> Routes)
{
    /// <summary>Only the loopback: <c>--network none</c>.</summary>
    public static NetworkState LoopbackOnly { get; } = new(true, [], []);

    /// <summary>Nothing to do: a namespace that belongs to the host or to another container.</summary>
    public static NetworkState Foreign { get; } = new(false, [], []);
}
