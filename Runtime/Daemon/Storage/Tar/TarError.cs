using Rtd.Daemon.Errors;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Storage.Tar;

/// <summary>What is wrong with an archive, as the client is told.</summary>
internal static class TarError
{
    /// <summary>The archive as a whole is not a readable tar.</summary>
    public static EngineException Archive(string problem, Exception? inner = null) => EngineException.InvalidParameter($"invalid tar archive: {problem}", inner);

    /// <summary>One member is refused.</summary>
    public static EngineException Entry(TarEntry entry, string problem, Exception? inner = null) => Entry(entry.Name, problem, inner);

    public static EngineException Entry(ReadOnlySpan<byte> name, string problem, Exception? inner = null) =>
        EngineException.InvalidParameter($"invalid tar entry \"{TarEntry.Show(name)}\": {problem}", inner);

    /// <summary>Whether a failed call is the archive's doing, not the disk's: a name below a file, a link to nothing, a loop of links, a name too long.</summary>
    public static bool IsTheArchives(int errno) =>
        errno is Libc.ENOTDIR or Libc.ENOENT or Libc.EEXIST or Libc.ELOOP or Libc.ENAMETOOLONG or Libc.EXDEV or Libc.EINVAL or Libc.EPERM or Libc.EMLINK or Libc.E2BIG
            or Libc.ERANGE or Libc.EOPNOTSUPP;
}
