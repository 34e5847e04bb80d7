using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Syscalls;

namespace Rtd.Init;

/// <summary>Enters the working directory without following procfs links, which could lead out (CVE-2024-21626).</summary>
internal static class WorkingDirectory
{
    public static void Enter(int root, string path)
    {
        int fd = Libc.try_openat2(root, path, Libc.O_PATH | Libc.O_DIRECTORY, 0, Libc.RESOLVE_IN_ROOT | Libc.RESOLVE_NO_MAGICLINKS);
        if (fd < 0)
        {
            throw new InitException(-fd, $"chdir to cwd (\"{path}\") set in config.json failed: {Libc.strerror(-fd)}");
        }

        using SafeFileHandle directory = Libc.Own(fd);
        Libc.fchdir(fd);
    }
}
