using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Storage.Compression;
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
    /// <exception cref="Errors.EngineException">Invalid parameter: a damaged archive.</exception>
    public static void Read(LayerFile file, Action<TarReader, TarEntry> each, CancellationToken cancelled)
    {
        try
        {
            using Stream content = OpenContent(file);
            using Stream plain = Decompression.Open(content, out _);
            using BufferedStream buffered = new(plain, 64 * 1024);
            TarReader reader = new(buffered);
            while (reader.Next() is { } entry)
            {
                cancelled.ThrowIfCancellationRequested();
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
