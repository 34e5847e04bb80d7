using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Containers.State;

/// <summary>Small state files that are, at any instant, either the old content or the new one.</summary>
internal static class AtomicFile
{
    /// <summary>Writes to a temporary name beside the file, renames it over the file, and with <paramref name="durable"/> also survives a power cut.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content, bool durable)
    {
        string temporary = path + ".tmp";
        using (SafeFileHandle file = File.OpenHandle(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            RandomAccess.Write(file, content, 0);
            if (durable)
            {
                RandomAccess.FlushToDisk(file);
            }
        }

        File.Move(temporary, path, overwrite: true);
        if (durable)
        {
            SyncDirectory(Path.GetDirectoryName(path)!);
        }
    }

    /// <summary>Makes the names in a directory durable.</summary>
    public static void SyncDirectory(string path)
    {
        using SafeFileHandle directory = Libc.open(path, Libc.O_RDONLY | Libc.O_DIRECTORY);
        RandomAccess.FlushToDisk(directory);
    }
}
