using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.UserNamespaces;

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

    /// <summary>The user namespace that the joined ones belong to; null for the host's, or when there is none to share.</summary>
    public Remapping? Remapping { get; private set; }

    /// <summary>To have rights in a namespace of another container is to be in its user namespace.</summary>
    /// <param name="other">The other container's; owned from here on.</param>
    /// <returns>False when there is another one already.</returns>
    public bool ShareUserNamespace(Remapping other)
    {
        if (Remapping is null)
        {
            Remapping = other;
            return true;
        }

        using (other)
        {
            return ProcessNamespace.AreSame(Remapping.Namespace, other.Namespace);
        }
    }

    public void Add(ulong kind, SafeFileHandle fd)
    {
        _kinds.Add((int)kind);
        _fds.Add(fd);
    }

    public void Dispose()
    {
        _fds.ForEach(fd => fd.Dispose());
        SharedMemory?.Dispose();
        Remapping?.Dispose();
    }
}
