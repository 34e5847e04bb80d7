using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Containers.Archives;

/// <summary>passwd and group of an image, which anybody may have written: regular files of bounded size inside its root.</summary>
internal static class AccountFile
{
    private const int MaxSize = 10 << 20;

    /// <summary>The line of a name or, in its third field, a number; null when there is none.</summary>
    /// <param name="open">Opens a zero-terminated path from the root on with flags; gives the fd or the negative errno.</param>
    public static string[]? Find(Func<byte[], int, int> open, string path, int fields, string name)
    {
        // O_NONBLOCK: a FIFO in the place of the file must not hold us up.
        int fd = open([.. Encoding.ASCII.GetBytes(path), 0], Libc.O_RDONLY | Libc.O_NONBLOCK | Libc.O_NOCTTY);
        if (fd < 0)
        {
            return null;
        }

        using SafeFileHandle file = Libc.Own(fd);
        Libc.statx_t status = Libc.fstat(fd, "an account file");
        if (status.Type != Libc.S_IFREG || status.stx_size > MaxSize)
        {
            return null;
        }

        byte[] content = new byte[status.stx_size];
        int length = RandomAccess.Read(file, content, 0);
        return Encoding.UTF8.GetString(content, 0, length).Split('\n')
            .Select(line => line.Trim().Split(':'))
            .FirstOrDefault(line => line.Length >= fields && (line[0] == name || line[2] == name));
    }

    /// <summary>An id in digits; null for anything else, and for one that the kernel does not take.</summary>
    public static uint? Number(string? text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) && number <= int.MaxValue ? number : null;
}
