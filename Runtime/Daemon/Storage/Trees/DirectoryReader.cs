using System.Buffers;
using System.Buffers.Binary;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Storage.Trees;

/// <summary>Lists a directory through its fd.</summary>
internal static class DirectoryReader
{
    private const int NameOffset = 19;

    /// <summary>All names but "." and "..", from the fd's position on.</summary>
    /// <param name="directory">A directory opened for reading (not O_PATH).</param>
    public static List<DirectoryEntry> Read(int directory)
    {
        List<DirectoryEntry> entries = [];
        byte[] buffer = ArrayPool<byte>.Shared.Rent(32 * 1024);
        try
        {
            int length;
            while ((length = Libc.try_getdents64(directory, buffer)) > 0)
            {
                Append(entries, buffer.AsSpan(0, length));
            }

            // ENOENT: the directory has been removed while it was open, so there is nothing (more) in it.
            return length is 0 or -Libc.ENOENT ? entries : throw new SyscallException("getdents64", -length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Record: inode 8, offset 8, record length 2, type 1, name.</summary>
    private static void Append(List<DirectoryEntry> entries, ReadOnlySpan<byte> records)
    {
        while (!records.IsEmpty)
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(records[16..]);
            ReadOnlySpan<byte> name = records[NameOffset..length];
            name = name[..(name.IndexOf((byte)0) + 1)];
            if (!name.SequenceEqual(".\0"u8) && !name.SequenceEqual("..\0"u8))
            {
                entries.Add(new DirectoryEntry(name.ToArray(), records[18]));
            }

            records = records[length..];
        }
    }
}
