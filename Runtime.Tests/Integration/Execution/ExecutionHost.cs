using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Execution;
using Rtd.Protocol.Spec;
using Rtd.Protocol.Syscalls;

namespace Rtd.Tests.Integration.Execution;

/// <summary>The exec driver with the published rtinit, and a busybox root.</summary>
public sealed class ExecutionHost : IDisposable
{
    private const ulong DefaultCapabilities = 0xa80425fb;

    private readonly SafeFileHandle _shim = SealedShim.Load(FindShim());
    private readonly BusyboxRootfs _rootfs = new();

    internal const ulong AllNamespaces = Libc.CLONE_NEWNS | Libc.CLONE_NEWUTS | Libc.CLONE_NEWIPC | Libc.CLONE_NEWPID | Libc.CLONE_NEWNET;

    internal NativeExecutionDriver Driver => new(_shim, new DaemonAsParent(), static () => 0);

    public void Dispose()
    {
        _shim.Dispose();
        _rootfs.Dispose();
    }

    internal static ProcessSpec Process(params string[] arguments) => new()
    {
        Arguments = arguments,
        Environment = ["PATH=/bin"],
        Capabilities = new CapabilitySpec(DefaultCapabilities, DefaultCapabilities, DefaultCapabilities),
    };

    internal ContainerLaunch Launch(ProcessSpec process, CollectedOutput output, bool openStdin = false) => new()
    {
        Spec = new ContainerSpec
        {
            Id = "test",
            Hostname = "box",
            Rootfs = new RootfsSpec(RootfsKind.Bind, _rootfs.Path, ""),
            Mounts =
            [
                new MountSpec(MountKind.Proc, "proc", "/proc", Libc.MS_NOSUID | Libc.MS_NODEV | Libc.MS_NOEXEC, 0, false, ""),
                new MountSpec(MountKind.Tmpfs, "tmpfs", "/dev", Libc.MS_NOSUID, 0, false, "mode=755,size=65536k"),
                new MountSpec(MountKind.Devpts, "devpts", "/dev/pts", Libc.MS_NOSUID | Libc.MS_NOEXEC, 0, false, "newinstance,ptmxmode=0666,mode=0620,gid=5"),
                new MountSpec(MountKind.Tmpfs, "shm", "/dev/shm", Libc.MS_NOSUID | Libc.MS_NODEV | Libc.MS_NOEXEC, 0, false, "mode=1777,size=65536k"),
                new MountSpec(MountKind.Mqueue, "mqueue", "/dev/mqueue", Libc.MS_NOSUID | Libc.MS_NODEV | Libc.MS_NOEXEC, 0, false, ""),
                new MountSpec(MountKind.Sysfs, "sysfs", "/sys", Libc.MS_RDONLY | Libc.MS_NOSUID | Libc.MS_NODEV | Libc.MS_NOEXEC, 0, false, ""),
            ],
            Devices =
            [
                new DeviceSpec("/dev/null", 'c', 1, 3, 0x1b6, 0, 0),
                new DeviceSpec("/dev/zero", 'c', 1, 5, 0x1b6, 0, 0),
                new DeviceSpec("/dev/tty", 'c', 5, 0, 0x1b6, 0, 0),
            ],
            MaskedPaths = ["/proc/kcore", "/proc/keys", "/sys/firmware", "/proc/nonexistent"],
            ReadonlyPaths = ["/proc/sys", "/proc/sysrq-trigger"],
            Process = process,
        },
        CloneFlags = AllNamespaces,
        Cgroup = new NoCgroup(),
        ConnectNetwork = static (_, _) => Task.FromResult(NetworkState.LoopbackOnly),
        BeforeExec = static _ => Task.CompletedTask,
        OpenStdin = openStdin,
        Output = output,
    };

    private static string FindShim()
    {
        string? directory = AppContext.BaseDirectory;
        while (directory is not null && !File.Exists(Path.Combine(directory, "dist", "rtinit")))
        {
            directory = Path.GetDirectoryName(directory);
        }

        return directory is null
            ? throw new FileNotFoundException("dist/rtinit is not built: run scripts/build")
            : Path.Combine(directory, "dist", "rtinit");
    }
}
