namespace Rtd.Protocol.Sync;

/// <summary>The steps of rtinit, in order, as far as a client is told which one failed.</summary>
internal enum InitStep : byte
{
    ReadSpec,
    JoinNamespaces,
    MountRootfs,
    Mounts,
    Devices,
    PivotRoot,
    Cgroup,
    Network,
    Hostname,
    Sysctl,
    MaskPaths,
    Terminal,
    Rlimits,
    User,
    WorkingDirectory,
    AppArmor,
    Capabilities,
    Seccomp,
    FindCommand,

    /// <summary>Of a rtinit that was prepared for an exec: no process of the command has been there yet.</summary>
    Fork,
    Execute,
}
