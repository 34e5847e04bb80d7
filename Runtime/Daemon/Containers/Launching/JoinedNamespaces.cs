using Microsoft.Win32.SafeHandles;

namespace Rtd.Daemon.Containers.Launching;

/// <summary>Namespaces of other containers that a container enters at its start.</summary>
internal sealed class JoinedNamespaces : IDisposable
{
    private readonly List<int> _kinds = [];
    private readonly List<SafeFileHandle> _fds = [];

    /// <summary>CLONE_NEW* kinds.</summary>
    public IReadOnlyList<int> Kinds => _kinds;

    /// <summary>One for each kind, same order.</summary>
    public IReadOnlyList<SafeFileHandle> Fds => _fds;

    /// <summary>A copy of the /dev/shm that belongs to a joined ipc namespace, detached; null for one's own.</summary>
    public SafeFileHandle? SharedMemory { get; set; }

    /// <summary>Id of the container whose hosts, hostname and resolv.conf come with the network; null for one's own.</summary>
    public string? NetworkOwner { get; set; }

    public void Add(ulong kind, SafeFileHandle fd)
    {
        _kinds.Add((int)kind);
        _fds.Add(fd);
    }

    public void Dispose()
    {
        _fds.ForEach(fd => fd.Dispose());
        SharedMemory?.Dispose();
    }
}
