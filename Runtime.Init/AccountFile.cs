using System.Text;
using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Syscalls;

namespace Rtd.Init;

/// <summary>Reads passwd and group of the image: inside its root, regular files only, of bounded size (CVE-2024-9676).</summary>
internal static class AccountFile
{
    private const int MaxSize = 10 << 20;

    /// <summary>The lines that have at least <paramref name="fields"/> fields; none when there is no such file.</summary>
    public static List<string[]> Read(int root, string path, int fields)
    {
        // O_NONBLOCK: a FIFO in the place of the file must not hold us up.
        int fd = Libc.try_openat2(root, path, Libc.O_RDONLY | Libc.O_NONBLOCK | Libc.O_NOCTTY, 0, Libc.RESOLVE_IN_ROOT | Libc.RESOLVE_NO_MAGICLINKS);
        if (fd is -Libc.ENOENT or -Libc.ENOTDIR)
        {
            return [];
        }

        if (fd < 0)
        {
            throw new SyscallException("openat2", -fd, "/" + path);
        }

        using SafeFileHandle file = Libc.Own(fd);
        Libc.statx_t found = Libc.fstat(fd, "/" + path);
        if (found.Type != Libc.S_IFREG)
        {
            throw new InitException(Libc.EINVAL, $"/{path} is not a regular file");
        }

        if (found.stx_size > MaxSize)
        {
            throw new InitException(Libc.EFBIG, $"/{path} is larger than {MaxSize >> 20} MiB");
        }

        List<string[]> lines = [];
        foreach (string line in ReadText(fd, path).Split('\n'))
        {
            string[] parts = line.Trim().Split(':');
            if (parts.Length >= fields && parts[0].Length > 0 && parts[0][0] != '#')
            {
                lines.Add(parts);
            }
        }

        return lines;
    }

    private static string ReadText(int fd, string path)
    {
        byte[] buffer = new byte[4096];
        int length = 0;
        while (true)
        {
            int count = Libc.try_read(fd, buffer.AsSpan(length));
            if (count < 0)
            {
                throw new SyscallException("read", -count, "/" + path);
            }

            length += count;
            if (count == 0 || length >= MaxSize)
            {
                return Encoding.UTF8.GetString(buffer, 0, length);
            }

            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }
        }
    }
}
