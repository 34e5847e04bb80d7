using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.UserNamespaces;
using Rtd.Protocol.Spec;

namespace Rtd.Daemon.Containers.Launching;

/// <summary>The trees that go to rtinit along with a spec, in its order.</summary>
internal sealed class SpecTrees : IDisposable
{
    private readonly List<SafeFileHandle> _fds = [];
    private readonly List<SafeFileHandle> _own = [];

    private SpecTrees()
    {
    }

    public IReadOnlyList<SafeFileHandle> Fds => _fds;

    public static SpecTrees Open(ContainerSpec spec, SpecInputs inputs, JoinedNamespaces joined, Remapping? remapping)
    {
        SpecTrees trees = new();
        try
        {
            foreach (MountSpec mount in spec.Mounts.Where(mount => mount.Kind == MountKind.Tree))
            {
                trees._fds.Add(mount.Source == SpecBuilder.SharedMemory ? joined.SharedMemory!
                    : inputs.Sources.IsTree(mount.Destination) ? inputs.Sources.Tree(mount.Destination)
                    : trees.OpenOwn(mount, inputs, remapping));
            }

            return trees;
        }
        catch
        {
            trees.Dispose();
            throw;
        }
    }

    public void Dispose() => _own.ForEach(fd => fd.Dispose());

    /// <summary>The engine's files belong to the container's root; what is the host's stays so.</summary>
    private SafeFileHandle OpenOwn(MountSpec mount, SpecInputs inputs, Remapping? remapping)
    {
        SafeFileHandle tree = RemappedSpec.Open(mount);
        _own.Add(tree);
        if (remapping is not null && (mount.Source == inputs.HostsPath || mount.Source == inputs.HostnamePath || mount.Source == inputs.ResolvConfPath))
        {
            MappedMount.TryApply(tree, remapping.Namespace, mount.Destination);
        }

        return tree;
    }
}
