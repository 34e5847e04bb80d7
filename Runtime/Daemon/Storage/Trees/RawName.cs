using System.Text;

namespace Rtd.Daemon.Storage.Trees;

/// <summary>File names as the kernel has them: bytes with a zero at the end.</summary>
internal static class RawName
{
    public static byte[] From(string name) => [.. Encoding.UTF8.GetBytes(name), 0];

    /// <summary>The name as text, for messages.</summary>
    public static string Show(ReadOnlySpan<byte> name) => Encoding.UTF8.GetString(name.TrimEnd((byte)0));

    /// <summary><c>directory/name</c>, or just the name for the root (an empty directory); both and the result are zero-terminated.</summary>
    public static byte[] Join(ReadOnlySpan<byte> directory, ReadOnlySpan<byte> name) =>
        directory.Length <= 1 ? name.ToArray() : [.. directory[..^1], (byte)'/', .. name];

    /// <summary>The way to a name in a directory that is held by fd, for the xattr calls that have no *at form.</summary>
    public static byte[] Through(int directory, ReadOnlySpan<byte> name) => [.. Encoding.ASCII.GetBytes($"/proc/self/fd/{directory}/"), .. name];

    /// <summary>The way to the object that an fd (O_PATH too) holds.</summary>
    public static byte[] Through(int fd) => Encoding.ASCII.GetBytes($"/proc/self/fd/{fd}\0");
}
