using Rtd.Client.Terminal;

namespace Rtd.Client.Builds;

/// <summary>What a file of the context is; links are not followed.</summary>
internal static class SourceStatus
{
    /// <exception cref="ClientException">It cannot be looked at.</exception>
    public static Libc.FileStatus Of(string path)
    {
        int result = Libc.lstat(path, out Libc.FileStatus status);
        return result switch
        {
            0 => status,
            -Libc.EACCES or -Libc.EPERM => throw new ClientException($"error checking context: no permission to read from '{path}'"),
            _ => throw new ClientException($"error checking context: can't stat '{path}': {ErrnoText.Of(-result)}"),
        };
    }
}
