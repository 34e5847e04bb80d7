using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Execution;

/// <summary>rtinit as a sealed anonymous file, made once at boot: no copy per start, and nothing that a container could overwrite (CVE-2019-5736).</summary>
internal static class SealedShim
{
    public static SafeFileHandle Load(string path)
    {
        SafeFileHandle memory = Libc.memfd_create("rtinit");
        try
        {
            using SafeFileHandle file = Libc.open(path, Libc.O_RDONLY);
            byte[] buffer = new byte[256 << 10];
            int count;
            while ((count = Libc.try_read(file.Fd(), buffer)) > 0)
            {
                Libc.write_all(memory.Fd(), buffer.AsSpan(0, count), path);
            }

            if (count < 0)
            {
                throw new SyscallException("read", -count, path);
            }

            Libc.fchmod(memory.Fd(), 0x16d);
            Libc.fcntl(memory.Fd(), Libc.F_ADD_SEALS, Libc.F_SEAL_WRITE | Libc.F_SEAL_SHRINK | Libc.F_SEAL_GROW | Libc.F_SEAL_SEAL);
            return memory;
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }
}
