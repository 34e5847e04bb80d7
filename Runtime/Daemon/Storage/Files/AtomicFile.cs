using System.Text;
using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Storage.Trees;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Storage.Files;

/// <summary>Writes small state files so that a reader, after a kill or a power cut, finds the old or the new content whole.</summary>
internal static class AtomicFile
{
    /// <summary>Writes beside the target, flushes, renames over it, flushes the directory.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        string directory = Path.GetDirectoryName(path)!;
        using SafeFileHandle parent = Libc.open(directory, Libc.O_RDONLY | Libc.O_DIRECTORY);
        byte[] name = RawName.From(Path.GetFileName(path));
        byte[] temporary = RawName.From($".{Path.GetFileName(path)}.{Guid.NewGuid():N}{TemporarySuffix}");
        try
        {
            WriteNew(parent.Fd(), temporary, content, path);
            Check(Libc.try_renameat2(parent.Fd(), temporary, parent.Fd(), name), "rename", path);
        }
        catch
        {
            Libc.try_unlinkat(parent.Fd(), temporary);
            throw;
        }

        Libc.fsync_storage(parent.Fd(), directory);
    }

    public static void Write(string path, string content) => Write(path, Encoding.UTF8.GetBytes(content));

    /// <summary>
    /// Into a directory that nobody knows yet; the caller publishes that by a rename and flushes where it goes to. The entry of a new file is flushed with the
    /// file (ext4, xfs, btrfs: all log what a new inode needs to be found), so that its directory needs no flush of its own.
    /// </summary>
    public static void WriteUnpublished(string path, ReadOnlySpan<byte> content)
    {
        using SafeFileHandle parent = Libc.open(Path.GetDirectoryName(path)!, Libc.O_RDONLY | Libc.O_DIRECTORY);
        WriteNew(parent.Fd(), RawName.From(Path.GetFileName(path)), content, path);
    }

    /// <summary>Removes temporary files that a kill left in the directory.</summary>
    public static void Sweep(string directory)
    {
        foreach (string leftover in Directory.EnumerateFiles(directory, $".*{TemporarySuffix}"))
        {
            File.Delete(leftover);
        }
    }

    private const string TemporarySuffix = ".tmp";

    private static void WriteNew(int directory, byte[] name, ReadOnlySpan<byte> content, string subject)
    {
        using SafeFileHandle file = Libc.openat(directory, name, Libc.O_WRONLY | Libc.O_CREAT | Libc.O_EXCL, 0x180, subject);
        RandomAccess.Write(file, content, 0);
        Libc.fsync_storage(file.Fd(), subject);
    }

    private static void Check(int result, string call, string subject)
    {
        if (result < 0)
        {
            throw new SyscallException(call, -result, subject);
        }
    }
}
