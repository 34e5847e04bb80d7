namespace Rtd.Daemon.Networking;

/// <summary>What the container side needs of networks. none, host and container:ID never come here.</summary>
internal interface INetworkService
{
    /// <summary>Reserves addresses and host ports for a start; nothing is in the kernel yet apart from bound host ports. Throws conflict in Docker's words when a port is taken, not found for an unknown network.</summary>
    Task<ISandbox> AllocateAsync(SandboxRequest request, CancellationToken cancellation);

    /// <summary>Goes on with the network of a container that has outlived a daemon: its links and addresses are there, ports and resolver are opened again.</summary>
    /// <param name="pid">A process of the container, held alive or checked by the caller.</param>
    Task<ISandbox> RestoreAsync(SandboxRequest request, SandboxState state, int pid);

    /// <summary>A network by name, id, or unambiguous start of an id, or null.</summary>
    NetworkRecord? Lookup(string nameOrId);

    /// <summary>After a daemon restart: takes back everything endpoints of a former daemon left in kernel and address pools.</summary>
    Task SweepAsync(CancellationToken cancellation);
}
