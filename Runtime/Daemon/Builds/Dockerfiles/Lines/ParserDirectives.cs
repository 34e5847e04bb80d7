using System.Text.RegularExpressions;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Builds.Dockerfiles.Lines;

/// <summary><c># name=value</c> at the very top of a Dockerfile.</summary>
internal sealed partial class ParserDirectives
{
    private readonly HashSet<string> _seen = [];
    private bool _done;

    public char Escape { get; private set; } = '\\';

    /// <summary>The frontend that <c># syntax=</c> names, or null.</summary>
    public string? Syntax { get; private set; }

    /// <summary>The first line that is no directive ends them.</summary>
    /// <exception cref="EngineException">Invalid parameter: a directive twice, or an escape that cannot be one.</exception>
    public void Offer(string line)
    {
        Match match = Directive().Match(line);
        string name = match.Groups["name"].Value.ToLowerInvariant();
        _done |= name is not ("escape" or "syntax" or "check");
        if (_done)
        {
            return;
        }

        if (!_seen.Add(name))
        {
            throw EngineException.InvalidParameter($"only one {name} parser directive can be used");
        }

        string value = match.Groups["value"].Value;
        switch (name)
        {
            case "escape":
                Escape = value is "\\" or "`" ? value[0] : throw EngineException.InvalidParameter($"invalid escape token '{value}' does not match ` or \\");
                break;
            case "syntax":
                Syntax = value;
                break;
        }
    }

    public void End() => _done = true;

    [GeneratedRegex(@"^#\s*(?<name>[a-zA-Z][a-zA-Z0-9]*)\s*=\s*(?<value>.+?)\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Directive();
}
