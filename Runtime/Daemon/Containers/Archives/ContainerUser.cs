using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Errors;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Containers.Archives;

/// <summary>The user that a container runs as, as numbers.</summary>
internal sealed record ContainerUser(uint Uid, uint Gid)
{
    private const int MaxAccountFile = 10 << 20;

    /// <summary>Resolves <c>USER[:GROUP]</c>, names or numbers, with the container's own passwd and group; without a group it is the user's, or 0.</summary>
    public static ContainerUser Find(ContainerRoot root, string text)
    {
        string[] parts = text.Split(':', 2);
        string[]? account = Account(root, "etc/passwd\0"u8, 7, parts[0]);
        uint uid = Number(parts[0]) ?? Number(account?[2]) ?? throw EngineException.InvalidParameter($"unable to find user {parts[0]}: no matching entries in passwd file");
        if (parts.Length == 1)
        {
            return new ContainerUser(uid, Number(account?[3]) ?? 0);
        }

        uint gid = Number(parts[1]) ?? Number(Account(root, "etc/group\0"u8, 3, parts[1])?[2])
            ?? throw EngineException.InvalidParameter($"unable to find group {parts[1]}: no matching entries in group file");
        return new ContainerUser(uid, gid);
    }

    private static uint? Number(string? text) => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) && number <= int.MaxValue ? number : null;

    /// <summary>The line of a name or, in its third field, a number.</summary>
    private static string[]? Account(ContainerRoot root, ReadOnlySpan<byte> path, int fields, string name)
    {
        // O_NONBLOCK: a FIFO in the place of the file must not hold us up.
        int fd = root.TryOpen(path, Libc.O_RDONLY | Libc.O_NONBLOCK | Libc.O_NOCTTY);
        if (fd < 0)
        {
            return null;
        }

        using SafeFileHandle file = Libc.Own(fd);
        Libc.statx_t status = Libc.fstat(fd, "an account file");
        if (status.Type != Libc.S_IFREG || status.stx_size > MaxAccountFile)
        {
            return null;
        }

        byte[] content = new byte[status.stx_size];
        int length = RandomAccess.Read(file, content, 0);
        return Encoding.UTF8.GetString(content, 0, length).Split('\n')
            .Select(line => line.Trim().Split(':'))
            .FirstOrDefault(line => line.Length >= fields && (line[0] == name || line[2] == name));
    }
}
