using System.Text;

namespace Rtd.Client.Engine;

/// <summary>Builds a path's query, values percent-encoded; empty values are left out.</summary>
internal sealed class QueryString(string path)
{
    private readonly StringBuilder _text = new(path);
    private bool _hasQuery;

    public QueryString Add(string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            _text.Append(_hasQuery ? '&' : '?').Append(name).Append('=').Append(Uri.EscapeDataString(value));
            _hasQuery = true;
        }

        return this;
    }

    public QueryString Add(string name, bool value) => value ? Add(name, "1") : this;

    public override string ToString() => _text.ToString();

    /// <summary>A name or reference as one path segment; slashes in image names stay, as Docker's clients send them.</summary>
    public static string Segment(string name) => Uri.EscapeDataString(name).Replace("%2F", "/", StringComparison.Ordinal).Replace("%3A", ":", StringComparison.Ordinal).Replace("%40", "@", StringComparison.Ordinal);
}
