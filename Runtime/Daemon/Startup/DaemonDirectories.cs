using Microsoft.Win32.SafeHandles;
using NLog;
using Rtd.Daemon.Errors;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Startup;

/// <summary>The data root and the exec root: made with their modes, and held against a second daemon.</summary>
internal sealed class DaemonDirectories : IDisposable
{
    /// <summary>0710: what is below (set-uid programs of images among it) is out of reach of ordinary users, CVE-2021-41091.</summary>
    private const UnixFileMode DataMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute;

    /// <summary>0711: sockets and files below may be handed to users who know their names.</summary>
    private const UnixFileMode ExecMode = DataMode | UnixFileMode.OtherExecute;

    private static readonly Logger s_log = LogManager.GetLogger("daemon");

    private readonly List<SafeFileHandle> _locks = [];

    private DaemonDirectories()
    {
    }

    public static void Make(string dataRoot, string execRoot)
    {
        Make(dataRoot, "data root", DataMode);
        Make(execRoot, "exec root", ExecMode);
    }

    /// <summary>Two daemons with pidfiles of their own may still be given the same directories.</summary>
    /// <exception cref="EngineException">Another daemon has one of them.</exception>
    public static DaemonDirectories Hold(string dataRoot, string execRoot)
    {
        DaemonDirectories directories = new();
        try
        {
            directories.Lock("data root", dataRoot);
            directories.Lock("exec root", execRoot);
            return directories;
        }
        catch
        {
            directories.Dispose();
            throw;
        }
    }

    public void Dispose() => _locks.ForEach(held => held.Dispose());

    private void Lock(string what, string path)
    {
        SafeFileHandle directory = Libc.open(path, Libc.O_RDONLY | Libc.O_DIRECTORY);
        _locks.Add(directory);
        int status = Libc.try_flock(directory.Fd(), Libc.LOCK_EX | Libc.LOCK_NB);
        if (status == -Libc.EAGAIN)
        {
            throw EngineException.System($"{what} {path} is in use by another rtd");
        }

        if (status != 0)
        {
            throw new SyscallException("flock", -status, path);
        }
    }

    /// <summary>A directory that held files before we knew it (someone's /tmp, a mount point) keeps its mode.</summary>
    private static void Make(string path, string what, UnixFileMode mode)
    {
        bool foreign = Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any() && File.GetUnixFileMode(path) != mode;
        if (foreign)
        {
            s_log.Warn("{What} {Path} was there before: its mode is left as it is", what, path);
            return;
        }

        Directory.CreateDirectory(path);
        File.SetUnixFileMode(path, mode);
    }
}
