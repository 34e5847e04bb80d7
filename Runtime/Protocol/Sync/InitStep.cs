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
    Keyring,
    Rlimits,
    User,
    WorkingDirectory,
    AppArmor,
    Capabilities,
    Seccomp,
    FindCommand,
    Execute,
}
