using System.Text;
using System.Text.RegularExpressions;

namespace Rtd.Daemon.Builds.Contexts;

/// <summary>Patterns of .dockerignore, the last that matches wins.</summary>
internal sealed class IgnorePatterns(IReadOnlyList<(Regex Pattern, bool Includes)> patterns)
{
    public static IgnorePatterns Parse(string text)
    {
        List<(Regex, bool)> patterns = [];
        foreach (string line in text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#'))
        {
            bool includes = line[0] == '!';
            string clean = Path.GetFullPath(includes ? line[1..].Trim() : line, "/")[1..];
            StringBuilder regex = new("^");
            for (int i = 0; i < clean.Length; i++)
            {
                if (clean[i] == '*' && i + 1 < clean.Length && clean[i + 1] == '*')
                {
                    i++;
                    i += i + 1 < clean.Length && clean[i + 1] == '/' ? 1 : 0;
                    regex.Append("(.*/)?").Append(i + 1 == clean.Length ? ".*" : "");
                }
                else
                {
                    regex.Append(clean[i] switch { '*' => "[^/]*", '?' => "[^/]", char c => Regex.Escape(c.ToString()) });
                }
            }

            patterns.Add((new Regex(regex.Append("(/.*)?$").ToString(), RegexOptions.NonBacktracking | RegexOptions.Singleline), includes));
        }

        return new IgnorePatterns(patterns);
    }

    public bool Excludes(string path)
    {
        bool excluded = false;
        foreach ((Regex pattern, bool includes) in patterns)
        {
            excluded = excluded == !includes || !pattern.IsMatch(path) ? excluded : !includes;
        }

        return excluded;
    }
}
