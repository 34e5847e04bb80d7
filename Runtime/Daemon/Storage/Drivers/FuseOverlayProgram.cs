using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Execution;
using Rtd.Protocol.Spawn;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Storage.Drivers;

/// <summary>The host's fuse-overlayfs: a process for each mount, in the daemon's namespaces and cgroup, which no container can see or reach.</summary>
internal sealed class FuseOverlayProgram
{
    /// <summary>What stands before the paths in mount options: the base directory by its fd, so that no name of the user's is among the options.</summary>
    public const string BasePrefix = "/proc/self/fd/4/";

    private const string ProgramName = "fuse-overlayfs", Device = "/dev/fuse";
    private const int DeviceFd = 3, BaseFd = 4;

    /// <summary>What is kept of the program's words, in bytes.</summary>
    private const int MaxWords = 4096;

    /// <summary>
    /// All but 32 to 34, which the C library uses. The mount ends the program, or SIGKILL does: a signal to the daemon's process group or
    /// cgroup must not take the root away from containers that are only being stopped.
    /// </summary>
    private const ulong SignalMask = SpawnRequest.AllButRuntimesSignals;

    private readonly string _path;

    private FuseOverlayProgram(string path)
    {
        _path = path;
    }

    /// <exception cref="NotSupportedException">There is no such program.</exception>
    public static FuseOverlayProgram Find()
    {
        string[] directories = ["/usr/bin", "/usr/sbin", "/usr/local/bin"];
        string? path = directories.Select(directory => Path.Combine(directory, ProgramName)).FirstOrDefault(File.Exists);
        return path is null
            ? throw new NotSupportedException($"the program {ProgramName} is not installed (looked for in {string.Join(", ", directories)})")
            : new FuseOverlayProgram(path);
    }

    /// <summary>Makes a detached mount, served when this returns. It ends with the last fd into it, or with the mount namespace that it is attached in.</summary>
    /// <remarks>
    /// The mount comes first: the program ends when the device that it is given is not mounted yet. It answers the kernel's first
    /// question before anything can be opened in the mount.
    /// </remarks>
    /// <param name="baseDirectory">What <see cref="BasePrefix"/> stands for.</param>
    /// <param name="options">The program's mount options.</param>
    /// <param name="subject">For messages.</param>
    /// <param name="process">The process that serves it; it is reaped by itself.</param>
    /// <exception cref="SyscallException">There is no /dev/fuse, or a mount or process cannot be made.</exception>
    /// <exception cref="EngineException">System: the program does not serve it; the message has its words.</exception>
    public SafeFileHandle Mount(string baseDirectory, string options, string subject, out FuseOverlayProcess process)
    {
        using SafeFileHandle device = Libc.open(Device, Libc.O_RDWR);
        SafeFileHandle mount = Libc.fsmount("fuse", ProgramName, $"fd={device.Fd()},rootmode=40000,user_id=0,group_id=0,allow_other,default_permissions", 0);
        try
        {
            process = Start(device, baseDirectory, options, subject);
            device.Dispose();
            AwaitService(mount, process, subject);
            return mount;
        }
        catch
        {
            mount.Dispose();
            throw;
        }
    }

    private FuseOverlayProcess Start(SafeFileHandle device, string baseDirectory, string options, string subject)
    {
        using SafeFileHandle directory = Libc.open(baseDirectory, Libc.O_PATH | Libc.O_DIRECTORY | Libc.O_NOFOLLOW);
        using SafeFileHandle nothing = Libc.open("/dev/null", Libc.O_RDWR);
        SafeFileHandle words = MakeWords();
        try
        {
            SpawnRequest request = new()
            {
                ExecutableFd = Libc.AT_FDCWD,
                Path = _path,
                Arguments = [ProgramName, "-f", "-o", options, $"/dev/fd/{DeviceFd}"],
                Fds = [(nothing, 0), (nothing, 1), (words, 2), (device, DeviceFd), (directory, BaseFd)],
                SignalMask = SignalMask,
            };
            return new FuseOverlayProcess(IoLoop.Shared.Register(Spawner.Spawn(request).Pidfd), words, subject);
        }
        catch
        {
            words.Dispose();
            throw;
        }
    }

    /// <summary>A file that cannot grow takes the program's words: nobody has to read them while it runs, and they stay few.</summary>
    private static SafeFileHandle MakeWords()
    {
        SafeFileHandle words = Libc.memfd_create(ProgramName);
        int result = Libc.try_ftruncate(words.Fd(), MaxWords);
        Libc.fcntl(words.Fd(), Libc.F_ADD_SEALS, Libc.F_SEAL_GROW | Libc.F_SEAL_SHRINK | Libc.F_SEAL_SEAL);
        return result == 0 ? words : throw new SyscallException("ftruncate", -result, ProgramName);
    }

    private static void AwaitService(SafeFileHandle mount, FuseOverlayProcess process, string subject)
    {
        int root = Libc.try_openat(mount.Fd(), ".\0"u8, Libc.O_RDONLY | Libc.O_DIRECTORY);
        if (root >= 0)
        {
            Libc.Own(root).Dispose();
            return;
        }

        process.Kill();
        string words = process.Ended.GetAwaiter().GetResult();
        throw EngineException.System($"{ProgramName} does not serve {subject}: {(words.Length > 0 ? words : Libc.strerror(-root))}");
    }
}
