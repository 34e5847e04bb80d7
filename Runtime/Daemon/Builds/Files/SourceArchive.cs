using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Storage.Compression;
using Rtd.Daemon.Storage.Files;
using Rtd.Daemon.Storage.Tar;

namespace Rtd.Daemon.Builds.Files;

/// <summary>Archives that ADD unpacks.</summary>
internal static class SourceArchive
{
    /// <summary>Whether a file is an archive: by what is in it, not by its name.</summary>
    public static bool Is(LayerFile file)
    {
        if (file.Open is null || file.Size == 0)
        {
            return false;
        }

        try
        {
            using Stream content = OpenContent(file);
            using Stream plain = Decompression.Open(content, out _);
            byte[] start = new byte[TarHeader.Length];
            return plain.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && TarHeader.IsHeader(start);
        }
        catch (InvalidDataException)
        {
            return false; // a compressed something that is no archive
        }
    }

    /// <summary>Reads all members.</summary>
    /// <param name="room">Counts what comes out of the archive; null for one that is known.</param>
    /// <exception cref="EngineException">Invalid parameter: a damaged archive. System: there is no room for what it holds.</exception>
    public static void Read(LayerFile file, FreeRoom? room, Action<TarReader, TarEntry> each, CancellationToken cancelled)
    {
        try
        {
            using Stream content = OpenContent(file);
            using Stream plain = Decompression.Open(content, out _);
            using BufferedStream buffered = new(room?.Watch(plain) ?? plain, 64 * 1024);
            TarReader reader = new(buffered);
            int members = 0;
            while (reader.Next() is { } entry)
            {
                cancelled.ThrowIfCancellationRequested();
                if (++members > SourceSelection.MaxFiles)
                {
                    throw EngineException.InvalidParameter($"ADD failed: {file.Path} has more than {SourceSelection.MaxFiles} members");
                }

                each(reader, entry);
            }
        }
        catch (InvalidDataException damaged)
        {
            throw TarError.Archive(damaged.Message, damaged);
        }
    }

    public static Stream OpenContent(LayerFile file)
    {
        SafeFileHandle handle = file.Open!();
        return new FileStream(handle, FileAccess.Read, bufferSize: 0);
    }
}
