using Rtd.Daemon.Errors;
using Rtd.Protocol.Patterns;

namespace Rtd.Daemon.Builds.Contexts;

/// <summary>Rules for paths that came from a client: <c>.dockerignore</c> and <c>--exclude</c>.</summary>
internal static class ContextRules
{
    /// <exception cref="EngineException">Invalid parameter: a rule is no pattern.</exception>
    public static IgnorePatterns Parse(string text) => Checked(() => IgnorePatterns.Parse(text));

    /// <exception cref="EngineException">Invalid parameter: a rule is no pattern.</exception>
    public static IgnorePatterns Of(IEnumerable<string> rules) => Checked(() => IgnorePatterns.Of(rules));

    private static IgnorePatterns Checked(Func<IgnorePatterns> read)
    {
        try
        {
            return read();
        }
        catch (FormatException bad)
        {
            throw EngineException.InvalidParameter($"error checking context: '{bad.Message}'", bad);
        }
    }
}
