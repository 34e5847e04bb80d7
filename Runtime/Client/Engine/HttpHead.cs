using System.Globalization;

namespace Rtd.Client.Engine;

/// <summary>Status line and fields of a response.</summary>
internal sealed class HttpHead
{
    private readonly List<KeyValuePair<string, string>> _fields = [];

    private HttpHead(int status, bool isOldVersion)
    {
        Status = status;
        IsOldVersion = isOldVersion;
    }

    public int Status { get; }

    /// <summary>Whether the connection ends with this response's body.</summary>
    public bool ClosesConnection => string.Equals(this["Connection"], "close", StringComparison.OrdinalIgnoreCase)
        || (IsOldVersion && !string.Equals(this["Connection"], "keep-alive", StringComparison.OrdinalIgnoreCase));

    public bool IsChunked => this["Transfer-Encoding"]?.EndsWith("chunked", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>The announced length, or null when there is none.</summary>
    public long? ContentLength => long.TryParse(this["Content-Length"], NumberStyles.None, CultureInfo.InvariantCulture, out long length) ? length : null;

    private bool IsOldVersion { get; }

    /// <summary>A field's value, or null; names compare without case.</summary>
    public string? this[string name]
    {
        get
        {
            foreach ((string field, string value) in _fields)
            {
                if (field.Equals(name, StringComparison.OrdinalIgnoreCase))
                {
                    return value;
                }
            }

            return null;
        }
    }

    /// <exception cref="EngineConnectionException">It is not an HTTP/1.x response.</exception>
    public static HttpHead Parse(string text)
    {
        string[] lines = text.Split('\n');
        ReadOnlySpan<char> first = lines[0].AsSpan().TrimEnd('\r');
        if (first.Length < 12 || !first.StartsWith("HTTP/1.") || !int.TryParse(first.Slice(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out int status))
        {
            throw new EngineConnectionException("what answered does not speak HTTP");
        }

        HttpHead head = new(status, first[7] == '0');
        for (int i = 1; i < lines.Length; i++)
        {
            int colon = lines[i].IndexOf(':');
            if (colon > 0)
            {
                head._fields.Add(new(lines[i][..colon], lines[i].AsSpan(colon + 1).Trim().ToString()));
            }
        }

        return head;
    }
}
