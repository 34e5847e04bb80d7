using System.Collections.Concurrent;
using Rtd.Daemon.Errors;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Cgroups.V2;

/// <summary>Makes the parents of containers' cgroups and hands the controllers down to them.</summary>
/// <remarks>A controller works in a cgroup when every ancestor has it in cgroup.subtree_control, and an ancestor that has it there may hold no process of its own.</remarks>
internal sealed class V2Controllers(string mountPoint, string own, IReadOnlySet<string> wanted)
{
    private readonly ConcurrentDictionary<string, bool> _prepared = new(StringComparer.Ordinal);

    /// <summary>Makes a directory that is to be a parent usable, from the root downwards; does nothing when it was done before.</summary>
    public void Prepare(CgroupDirectory directory)
    {
        if (_prepared.ContainsKey(directory.Path))
        {
            return;
        }

        if (directory.Path.Length > mountPoint.Length)
        {
            Prepare(directory.Parent);
            int status = directory.TryMake();
            if (status < 0 && status != -Libc.EEXIST)
            {
                throw new SyscallException("mkdir", -status, directory.Path);
            }
        }

        Enable(directory);
        _prepared[directory.Path] = true;
    }

    /// <summary>Somebody removed a parent.</summary>
    public void Forget() => _prepared.Clear();

    private void Enable(CgroupDirectory directory)
    {
        HashSet<string> enabled = Words(directory, "cgroup.subtree_control");
        string[] missing = Words(directory, "cgroup.controllers").Where(controller => wanted.Contains(controller) && !enabled.Contains(controller)).ToArray();
        if (missing.Length == 0)
        {
            return;
        }

        int status = Write(directory, missing);
        if (status == -Libc.EBUSY && directory.Path == mountPoint.TrimEnd('/') + own.TrimEnd('/'))
        {
            Vacate(directory);
            status = Write(directory, missing);
        }

        if (status == -Libc.EBUSY)
        {
            throw EngineException.InvalidParameter($"cannot put containers below cgroup {directory.Path}: it holds processes of its own");
        }

        if (status < 0)
        {
            // One controller may refuse for reasons of its own (cpu with real-time processes about); the others are still wanted, and a limit that needs
            // the missing one is refused later by name.
            foreach (string controller in missing)
            {
                Write(directory, [controller]);
            }
        }
    }

    /// <summary>The daemon sits where its containers are to go (a delegated service unit): it moves to a leaf of its own.</summary>
    private static void Vacate(CgroupDirectory directory)
    {
        CgroupDirectory leaf = new(directory.File("rtd-daemon"));
        int status = leaf.TryMake();
        if (status < 0 && status != -Libc.EEXIST)
        {
            throw new SyscallException("mkdir", -status, leaf.Path);
        }

        leaf.Write("cgroup.procs", Environment.ProcessId.ToString());
    }

    private static int Write(CgroupDirectory directory, IEnumerable<string> controllers) =>
        directory.TryWrite("cgroup.subtree_control", string.Join(' ', controllers.Select(controller => "+" + controller)));

    private static HashSet<string> Words(CgroupDirectory directory, string file) =>
        (directory.Read(file) ?? "").Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);
}
