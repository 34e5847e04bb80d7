using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Rtd.Protocol.Syscalls;

internal static partial class Libc
{
    public const uint MFD_CLOEXEC = 1, MFD_ALLOW_SEALING = 2, MFD_EXEC = 0x10;

    [LibraryImport(LibraryName, EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int _memfd_create(string name, uint flags);

    /// <summary>An anonymous file that can be sealed and executed. MFD_EXEC (Linux 6.3) is dropped where the kernel does not know it.</summary>
    public static SafeFileHandle memfd_create(string name)
    {
        int fd = _memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);
        if (fd < 0 && Marshal.GetLastPInvokeError() == EINVAL)
        {
            fd = _memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
        }

        return fd >= 0 ? Own(fd) : throw Failure("memfd_create", name);
    }
}
