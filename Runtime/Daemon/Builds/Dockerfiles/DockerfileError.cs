using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Builds.Dockerfiles;

/// <summary>Errors that name a line and show it.</summary>
internal static class DockerfileError
{
    public static EngineException At(SourceLine source, EngineException error) =>
        EngineException.InvalidParameter($"dockerfile parse error on line {source.Number}: {error.Message}\n{source.Number,5} | >>> {source.Shown}", error);
}
