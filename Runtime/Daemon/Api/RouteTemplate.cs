namespace Rtd.Daemon.Api;

/// <summary>A route's path cut into segments: literals, <c>{value}</c>s of one segment, and at most one <c>{value:*}</c> of one or more.</summary>
internal sealed class RouteTemplate
{
    private readonly Segment[] _segments;
    private readonly int _wildcard;

    public RouteTemplate(string template)
    {
        _segments = template.TrimStart('/').Split('/').Select(Segment.Parse).ToArray();
        _wildcard = Array.FindIndex(_segments, segment => segment.Kind == SegmentKind.Wildcard);
        if (Array.FindLastIndex(_segments, segment => segment.Kind == SegmentKind.Wildcard) != _wildcard)
        {
            throw new ArgumentException($"more than one {{name:*}} in {template}", nameof(template));
        }
    }

    private enum SegmentKind
    {
        Literal,
        Value,
        Wildcard,
    }

    /// <summary>Literals before values before wildcards, segment by segment: <c>/images/json</c> is tried before <c>/images/{name:*}/json</c>.</summary>
    public int CompareSpecificity(RouteTemplate other)
    {
        for (int i = 0; i < Math.Min(_segments.Length, other._segments.Length); i++)
        {
            int order = _segments[i].Kind.CompareTo(other._segments[i].Kind);
            if (order != 0)
            {
                return order;
            }
        }

        return other._segments.Length.CompareTo(_segments.Length);
    }

    /// <summary>The unescaped values when the path's (escaped) segments fit, or null.</summary>
    public IReadOnlyDictionary<string, string>? Match(ReadOnlySpan<string> path)
    {
        int spanned = 1 + path.Length - _segments.Length;
        if (spanned < 1 || (spanned > 1 && _wildcard < 0))
        {
            return null;
        }

        // Literals first: most candidates fall out here, before anything is allocated.
        for (int i = 0; i < _segments.Length; i++)
        {
            string piece = path[i + (_wildcard >= 0 && i > _wildcard ? spanned - 1 : 0)];
            if (_segments[i].Kind == SegmentKind.Literal ? piece != _segments[i].Text : piece.Length == 0)
            {
                return null;
            }
        }

        return Values(path, spanned);
    }

    private Dictionary<string, string> Values(ReadOnlySpan<string> path, int spanned)
    {
        Dictionary<string, string> values = [];
        for (int i = 0, at = 0; i < _segments.Length; at += i == _wildcard ? spanned : 1, i++)
        {
            if (_segments[i].Kind != SegmentKind.Literal)
            {
                values[_segments[i].Text] = Uri.UnescapeDataString(
                    i == _wildcard ? string.Join('/', path.Slice(at, spanned)!) : path[at]);
            }
        }

        return values;
    }

    private readonly record struct Segment(SegmentKind Kind, string Text)
    {
        public static Segment Parse(string text) => text switch
        {
            ['{', .., ':', '*', '}'] => new Segment(SegmentKind.Wildcard, text[1..^3]),
            ['{', .., '}'] => new Segment(SegmentKind.Value, text[1..^1]),
            _ => new Segment(SegmentKind.Literal, text),
        };
    }
}
