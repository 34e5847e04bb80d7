using Rtd.Protocol.Spec;

namespace Rtd.Daemon.Cgroups;

/// <summary>The host's cgroup hierarchy, v1 or v2, as found once at start.</summary>
internal interface ICgroupDriver
{
    /// <summary>1 or 2.</summary>
    int Version { get; }

    /// <summary>Controllers that can be used here ("memory", "cpu", "pids" …).</summary>
    IReadOnlySet<string> Controllers { get; }

    /// <summary>Makes the directories for a path such as <c>/rtd/ID</c> (a parent that starts with no slash is below the daemon's own cgroup) and sets the limits. Undoes itself when it fails.</summary>
    ICgroup Create(string path, CgroupResources resources);

    /// <summary>A cgroup made earlier, by this daemon or the one before it; it may be gone.</summary>
    ICgroup Open(string path);

    /// <summary>The mounts that give a container its read-only (or, when privileged, writable) view of /sys/fs/cgroup.</summary>
    IReadOnlyList<MountSpec> ContainerMounts(bool writable);

    /// <summary>Which limits can be set here.</summary>
    CgroupFeatures Features { get; }

    /// <summary>What the host lacks, in Docker's words ("WARNING: No swap limit support"), for <c>info</c>.</summary>
    IReadOnlyList<string> Warnings();
}
