using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using NLog;
using Rtd.Daemon.Errors;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Startup;

/// <summary>The daemon's PID file, held by a lock for as long as the daemon lives.</summary>
/// <remarks>
/// A number in a file says nothing after a crash or a reboot: the process may be gone, or be another by now. The kernel drops the lock
/// (an open file description lock, fcntl(2), which does not collide with the flock of a reader in .NET) with its owner, so whoever gets it knows that a number left in the file is stale.
/// </remarks>
internal sealed class PidFile : IDisposable
{
    private static readonly Logger s_log = LogManager.GetLogger("daemon");

    private readonly string _path;
    private readonly SafeFileHandle _file;

    private PidFile(string path, SafeFileHandle file)
    {
        _path = path;
        _file = file;
    }

    /// <exception cref="EngineException">Another daemon holds the file.</exception>
    public static PidFile Create(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        while (true)
        {
            SafeFileHandle file = Libc.open(path, Libc.O_RDWR | Libc.O_CREAT | Libc.O_NOFOLLOW, 0x1A4 /* 0644 */);
            PidFile pidFile = new(path, file);
            if (pidFile.TryTake())
            {
                return pidFile;
            }

            file.Dispose();
        }
    }

    public void Dispose()
    {
        // Removed while the lock is still held: a daemon that waits for it then sees that this is not the file any more.
        File.Delete(_path);
        _file.Dispose();
    }

    /// <summary>Locks the file and writes our number; false when its owner removed it in between.</summary>
    private bool TryTake()
    {
        int status = Libc.try_write_lock(_file.Fd());
        string found = Read();
        if (status == -Libc.EAGAIN)
        {
            _file.Dispose();
            throw EngineException.System($"process with PID {found} is still running: ensure rtd is not running or name another pidfile than {_path}");
        }

        if (status != 0)
        {
            throw new SyscallException("fcntl", -status, _path);
        }

        if (Libc.try_statx(Libc.AT_FDCWD, _path, Libc.AT_SYMLINK_NOFOLLOW, out Libc.statx_t named) != 0
            || named.stx_ino != Libc.fstat(_file.Fd(), _path).stx_ino)
        {
            return false;
        }

        if (found.Length > 0)
        {
            s_log.Info("pidfile {Path} was left by process {Pid}, which is gone", _path, found);
        }

        Write();
        return true;
    }

    private string Read()
    {
        Span<byte> text = stackalloc byte[32];
        int length = RandomAccess.Read(_file, text, 0);
        return Encoding.ASCII.GetString(text[..length]).Trim();
    }

    private void Write()
    {
        byte[] text = Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        RandomAccess.SetLength(_file, 0);
        RandomAccess.Write(_file, text, 0);
    }
}
