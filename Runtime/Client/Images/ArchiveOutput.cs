using Rtd.Client.Streams;
using Rtd.Client.Terminal;

namespace Rtd.Client.Images;

/// <summary>An archive from the daemon to standard output or a file.</summary>
internal static class ArchiveOutput
{
    private const int BufferSize = 256 * 1024;

    /// <summary>Checks where an archive is to go before it is asked for.</summary>
    /// <param name="context">The standard streams.</param>
    /// <param name="path">The file, or null for standard output.</param>
    /// <param name="failed">How a message about the path begins.</param>
    /// <param name="mayBeDevice">Whether a device or a pipe will do: docker export takes them, docker save does not.</param>
    /// <exception cref="ClientException">Standard output is a terminal, or the path cannot be a file.</exception>
    public static void Check(ClientContext context, string? path, string failed, bool mayBeDevice)
    {
        if (string.IsNullOrEmpty(path))
        {
            if (context.Out.IsTerminal)
            {
                throw new ClientException("cowardly refusing to save to a terminal. Use the -o flag or redirect");
            }

            return;
        }

        string directory = Path.GetDirectoryName(path) is { Length: > 0 } parent ? parent : ".";
        if (!Directory.Exists(directory))
        {
            throw new ClientException($"{failed}: invalid output path: stat {directory}: {ErrnoText.Of(Libc.ENOENT)}");
        }

        if (Refusal(path, mayBeDevice) is { } what)
        {
            throw new ClientException($"{failed}: cannot write to a {what}");
        }
    }

    /// <summary>Copies an archive. A file is written beside its name and renamed at the end, so that nothing is left of one that failed or was interrupted.</summary>
    /// <exception cref="ClientException">The file cannot be written, or the daemon's stream breaks.</exception>
    public static void Copy(Stream archive, string? path)
    {
        if (string.IsNullOrEmpty(path))
        {
            Copy(archive, StandardStreams.WriteOutput);
            return;
        }

        if (Libc.file_type(path) is not (0 or Libc.S_IFREG))
        {
            // A device or pipe is written to: a file renamed over /dev/null would take its place for the whole machine.
            WriteInto(archive, path, FileMode.Open);
            return;
        }

        string temporary = $"{path}.{Environment.ProcessId}.partial";
        using Interruption interruption = new(() => File.Delete(temporary));
        try
        {
            WriteInto(archive, temporary, FileMode.Create);
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>What a path is that cannot be written to, in docker's words; null when it can.</summary>
    private static string? Refusal(string path, bool mayBeDevice) => Libc.file_type(path) switch
    {
        Libc.S_IFDIR => "directory",
        0 or Libc.S_IFREG => null,
        _ when mayBeDevice => null,
        Libc.S_IFCHR => "character device file",
        Libc.S_IFBLK => "block device file",
        Libc.S_IFIFO => "named pipe (FIFO)",
        _ => "file that is not regular",
    };

    private static void WriteInto(Stream archive, string path, FileMode mode)
    {
        try
        {
            using FileStream file = new(path, mode, FileAccess.Write, FileShare.Read, bufferSize: 0);
            Copy(archive, file.Write);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ClientException($"invalid output path: {path}: {failure.Message}");
        }
    }

    private static void Copy(Stream archive, StreamDemultiplexer.Writer write)
    {
        byte[] buffer = new byte[BufferSize];
        int count;
        while ((count = archive.Read(buffer)) > 0)
        {
            write(buffer.AsSpan(0, count));
        }
    }
}
