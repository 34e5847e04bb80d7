namespace Rtd.Protocol.Patterns;

/// <summary>The rules of a <c>.dockerignore</c> file. The last rule that matches a path or a directory above it decides; <c>!</c> begins an exception.</summary>
internal sealed class IgnorePatterns
{
    private readonly List<(PathPattern Pattern, bool IsException)> _rules;

    private IgnorePatterns(List<(PathPattern Pattern, bool IsException)> rules) => _rules = rules;

    public static IgnorePatterns None { get; } = new([]);

    /// <summary>Nothing is left out.</summary>
    public bool IsEmpty => _rules.Count == 0;

    /// <summary>Reads a file's text: a rule a line; lines that begin with <c>#</c> are comments.</summary>
    /// <exception cref="FormatException">A line is no pattern.</exception>
    public static IgnorePatterns Parse(string text) => Of(text.TrimStart('\uFEFF').Split('\n').Where(line => !line.StartsWith('#')));

    /// <exception cref="FormatException">A line is no pattern.</exception>
    public static IgnorePatterns Of(IEnumerable<string> lines) => new([.. lines.Select(line => line.Trim()).Where(line => line.Length > 0).Select(Rule)]);

    /// <summary>These rules, and exceptions for some paths behind them.</summary>
    public IgnorePatterns Keeping(IEnumerable<string> paths) => new([.. _rules, .. paths.Select(path => Rule("!" + Escape(path)))]);

    /// <summary>Whether a path is left out.</summary>
    /// <param name="path">Relative, with slashes between its parts.</param>
    public bool Excludes(string path)
    {
        IgnoreState state = Root;
        int slash = -1;
        while ((slash = path.IndexOf('/', slash + 1)) > 0)
        {
            state = Enter(path[..slash], state);
        }

        return Enter(path, state).IsExcluded;
    }

    /// <summary>For a walk from the root down: what holds there.</summary>
    public IgnoreState Root => new(false, new bool[_rules.Count]);

    /// <summary>What holds for a path, given what holds for its directory.</summary>
    public IgnoreState Enter(string path, IgnoreState directory)
    {
        bool[] matched = new bool[_rules.Count];
        bool isExcluded = false;
        for (int i = 0; i < matched.Length; i++)
        {
            matched[i] = directory.Matched[i] || _rules[i].Pattern.Matches(path);
            isExcluded = matched[i] ? !_rules[i].IsException : isExcluded;
        }

        return new IgnoreState(isExcluded, matched);
    }

    /// <summary>Whether an exception may hold for something in a directory that is left out itself.</summary>
    public bool MayKeepBelow(string directory) => _rules.Exists(rule => rule.IsException && MayMatchBelow(rule.Pattern, directory));

    private static bool MayMatchBelow(PathPattern pattern, string directory)
    {
        // Part by part: one that can be many parts may be anything from there on.
        string[] wanted = pattern.Text.Split('/');
        string[] given = directory.Split('/');
        for (int i = 0; i < given.Length; i++)
        {
            if (i < wanted.Length && wanted[i].Contains("**", StringComparison.Ordinal))
            {
                return true;
            }

            if (i >= wanted.Length - 1 || !PathPattern.Parse(wanted[i]).Matches(given[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static (PathPattern Pattern, bool IsException) Rule(string line)
    {
        bool isException = line[0] == '!';
        string text = isException ? line[1..].Trim() : line;
        if (text.Length == 0)
        {
            throw new FormatException("illegal exclusion pattern: \"!\"");
        }

        return (PathPattern.Parse(Clean(text)), isException);
    }

    /// <summary>Without dots, doubled slashes and those at the ends, as Go's filepath.Clean gives it.</summary>
    private static string Clean(string path)
    {
        List<string> parts = [];
        foreach (string part in path.Split('/'))
        {
            if (part == ".." && parts.Count > 0 && parts[^1] != "..")
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part is not ("" or ".") && !(part == ".." && path[0] == '/'))
            {
                parts.Add(part);
            }
        }

        return parts.Count > 0 ? string.Join('/', parts) : ".";
    }

    private static string Escape(string path) => string.Concat(path.Select(c => c is '*' or '?' or '[' or '\\' ? "\\" + c : c.ToString()));
}
