using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Builds.Dockerfiles.Instructions;
using Rtd.Daemon.Builds.Dockerfiles.Lines;
using Rtd.Daemon.Builds.Dockerfiles.Words;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Images.Changes;

/// <summary>The Dockerfile instructions that <c>import --change</c> and <c>commit --change</c> take.</summary>
internal static class ConfigChanges
{
    private static readonly HashSet<string> s_keywords =
        ["CMD", "ENTRYPOINT", "ENV", "EXPOSE", "HEALTHCHECK", "LABEL", "ONBUILD", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"];

    /// <summary>Carries the instructions out on the config, one after another.</summary>
    /// <exception cref="EngineException">Invalid parameter.</exception>
    public static void Apply(ContainerConfig config, IEnumerable<string> changes)
    {
        ConfigEditor editor = new(config);
        WordExpander words = new(name => ConfigEnvironment.Find(config.Env, name));
        foreach (InstructionLine line in LineReader.ReadFragment(string.Join('\n', changes)))
        {
            if (!s_keywords.Contains(line.Keyword))
            {
                throw EngineException.InvalidParameter($"{line.Keyword} is not a valid change command");
            }

            editor.Apply(InstructionParser.Parse(line).Expand(words));
        }
    }
}
