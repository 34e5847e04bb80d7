using Rtd.Daemon.Errors;

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
}
