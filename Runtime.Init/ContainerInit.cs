using Rtd.Protocol.Mounts;
using Rtd.Protocol.Netlink;
using Rtd.Protocol.Spec;
using Rtd.Protocol.Sync;
using Rtd.Protocol.Syscalls;

namespace Rtd.Init;

/// <summary>Makes the container, in the order the kernel sees it.</summary>
internal static class ContainerInit
{
    public static void Run(SyncSocket sync)
    {
        Progress.Step = InitStep.ReadSpec;
        ContainerSpec spec = SpecCodec.DecodeContainer(sync.Receive(SyncMessage.Container));
        ProcessSpec process = spec.Process;

        Shield.Raise(process.OomScoreAdjust);
        Libc.setsid();
        _ = Libc.umask(0);

        Progress.Step = InitStep.JoinNamespaces;
        Namespaces.Join(spec.JoinNamespaces, sync.Received);

        Progress.Step = InitStep.MountRootfs;
        Mounts mounts = Mounts.Open(spec.Mounts, sync.Received.Skip(spec.JoinNamespaces.Count)); // shared binds are peers of the host's mounts still
        Rootfs.Separate();
        using Rootfs rootfs = Rootfs.Mount(spec.Rootfs, sync.Received);

        Progress.Step = InitStep.Mounts;
        mounts.AttachAll(rootfs);
        Progress.Step = InitStep.Devices;
        DeviceNodes.Make(rootfs, mounts, spec.Devices);

        // Everything so far needed neither the cgroup nor the network, and went on while the daemon waited for the kernel to place us.
        Progress.Step = InitStep.Cgroup;
        NetworkState network = SpecCodec.DecodeNetwork(sync.Receive(SyncMessage.Placed));
        if (spec.PrivateCgroupNamespace)
        {
            // Only now: the namespace's root is the cgroup that the caller is in.
            Libc.unshare(Libc.CLONE_NEWCGROUP, "cgroup namespace");
        }

        mounts.AttachCgroups(rootfs);
        mounts.SealReadonly();
        mounts.Dispose(); // with --init this process stays
        Progress.Step = InitStep.Network;
        NetworkSetup.Apply(network);

        Progress.Step = InitStep.PivotRoot;
        rootfs.Pivot();

        Progress.Step = InitStep.Hostname;
        Hostname.Set(spec.Hostname, spec.Domainname);
        Progress.Step = InitStep.WorkingDirectory;
        MountTarget.MakeDirectory(rootfs.Fd, process.WorkingDirectory);
        Progress.Step = InitStep.Sysctl;
        Sysctls.Write(rootfs, spec.Sysctls);
        Progress.Step = InitStep.Terminal;
        Terminal? terminal = process.Terminal ? Terminal.Open(process, console: rootfs) : null;
        Progress.Step = InitStep.MaskPaths;
        PathMasks.SetReadonly(rootfs, spec.ReadonlyPaths);
        PathMasks.Mask(rootfs, spec.MaskedPaths);
        rootfs.Finish(spec.ReadonlyRootfs, spec.RootfsPropagation);

        UserProcess.Become(sync, process, terminal, rootfs.Fd);
    }
}
