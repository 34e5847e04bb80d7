using Rtd.Client.Terminal;

namespace Rtd.Client.Images;

/// <summary>What is sent to the daemon: a file or standard input.</summary>
internal static class UploadSource
{
    /// <exception cref="ClientException">The file cannot be read.</exception>
    public static Stream OpenFile(string path)
    {
        try
        {
            return Directory.Exists(path)
                ? throw new ClientException($"read {path}: is a directory")
                : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ClientException($"open {path}: {ErrnoText.Of(Libc.ENOENT)}");
        }
        catch (UnauthorizedAccessException)
        {
            throw new ClientException($"open {path}: {ErrnoText.Of(Libc.EACCES)}");
        }
    }

    public static Stream OpenStandardInput() => new DescriptorStream(0);
}
