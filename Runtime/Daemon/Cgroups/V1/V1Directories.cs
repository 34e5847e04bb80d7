using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Cgroups.V1;

/// <summary>Makes a cgroup's directories in the v1 hierarchies.</summary>
internal static class V1Directories
{
    /// <summary>Makes the directory, its missing parents, and for cpuset what makes it usable. A left-over without processes is replaced.</summary>
    public static void Make(V1Hierarchy hierarchy, CgroupDirectory directory)
    {
        int status = directory.TryMake();
        if (status == -Libc.ENOENT)
        {
            MakeParent(hierarchy, directory.Parent);
            status = directory.TryMake();
        }

        if (status == -Libc.EEXIST && CgroupRemoval.TryRemove(directory))
        {
            status = directory.TryMake();
        }

        if (status < 0)
        {
            throw new SyscallException("mkdir", -status, directory.Path);
        }

        if (hierarchy.Has("cpuset"))
        {
            InheritCpuset(hierarchy, directory);
        }
    }

    private static void MakeParent(V1Hierarchy hierarchy, CgroupDirectory directory)
    {
        int status = directory.TryMake();
        if (status == -Libc.ENOENT && directory.Path.Length > hierarchy.Mount.MountPoint.Length)
        {
            MakeParent(hierarchy, directory.Parent);
            status = directory.TryMake();
        }

        if (status < 0 && status != -Libc.EEXIST)
        {
            throw new SyscallException("mkdir", -status, directory.Path);
        }

        if (hierarchy.Has("cpuset"))
        {
            InheritCpuset(hierarchy, directory);

            // The kernel then fills in the children by itself, and the start of a container has two writes fewer.
            directory.TryWrite("cgroup.clone_children", "1");
        }

        // Before Linux 5.11 a limit on this level counted only its own processes unless it was told otherwise; since then it reads 1 for good.
        if (hierarchy.Has("memory") && directory.ReadNumber("memory.use_hierarchy") == 0)
        {
            directory.Write("memory.use_hierarchy", "1");
        }
    }

    /// <summary>A new cpuset has no CPUs and no memory nodes, and takes no process until it has both (cpuset(7)).</summary>
    private static void InheritCpuset(V1Hierarchy hierarchy, CgroupDirectory directory)
    {
        foreach (string file in (ReadOnlySpan<string>)["cpuset.cpus", "cpuset.mems"])
        {
            Inherit(hierarchy, directory, file);
        }
    }

    private static string Inherit(V1Hierarchy hierarchy, CgroupDirectory directory, string file)
    {
        string value = (directory.Read(file) ?? "").Trim();
        if (value.Length > 0 || directory.Path.Length <= hierarchy.Mount.MountPoint.Length)
        {
            return value;
        }

        value = Inherit(hierarchy, directory.Parent, file);
        directory.Write(file, value);
        return value;
    }
}
