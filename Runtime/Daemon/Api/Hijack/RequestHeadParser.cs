using System.Buffers;
using System.Globalization;
using System.Text;

namespace Rtd.Daemon.Api.Hijack;

/// <summary>
/// Reads request heads more strictly than Kestrel does, so that what passes here means the same there.
/// </summary>
/// <remarks>
/// RFC 9112 lets a server be lenient; request smuggling (CWE-444, CVE-2025-55315 of Kestrel among them) lives in that leniency. No client
/// of the API needs bare line feeds, folded lines, spaces before a colon, or more than one statement of the body's length.
/// </remarks>
internal static class RequestHeadParser
{
    /// <summary>
    /// The most bytes of a head, request line and the empty line included: as Go's server has it (1 MiB and 4 KiB), since the arguments of a build
    /// stand in its request line.
    /// </summary>
    public const int MaxHead = (1 << 20) + (4 << 10);

    private static readonly SearchValues<byte> s_token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>Parses a whole head.</summary>
    public static RequestHead Parse(ReadOnlySpan<byte> head)
    {
        ReadOnlySpan<byte> rest = head;
        (string method, string target, bool http11) = ParseRequestLine(NextLine(ref rest));
        HeadFields fields = default;
        for (ReadOnlySpan<byte> line = NextLine(ref rest); line.Length > 0; line = NextLine(ref rest))
        {
            ParseField(line, ref fields);
        }

        if (fields.Chunked && (fields.ContentLength is not null || !http11))
        {
            throw new FramingException("malformed request: Transfer-Encoding together with Content-Length or HTTP/1.0");
        }

        bool keepAlive = http11 ? !fields.Close : fields.KeepAlive && !fields.Close;
        return new RequestHead(
            method, target, fields.ContentLength, fields.Chunked, fields.Upgrade, fields.ExpectContinue && http11, keepAlive, fields.ContentType,
            fields.WebSocket && fields.WebSocketVersion13 ? fields.WebSocketKey : null);
    }

    /// <summary>Names and values of the header lines of a head that has been parsed.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Headers(ReadOnlySequence<byte> head) => Encoding.Latin1.GetString(head).Split("\r\n").Skip(1)
        .Where(line => line.Contains(':'))
        .Select(line => KeyValuePair.Create(line[..line.IndexOf(':')], line[(line.IndexOf(':') + 1)..].Trim()))
        .ToArray();

    /// <summary>Checks one line of a chunked body's trailer.</summary>
    public static void CheckTrailer(ReadOnlySpan<byte> line)
    {
        HeadFields ignored = default;
        ParseField(line, ref ignored);
    }

    private static ReadOnlySpan<byte> NextLine(ref ReadOnlySpan<byte> rest)
    {
        int end = rest.IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = rest[..(end - 1)];
        rest = rest[(end + 1)..];
        return line;
    }

    private static (string Method, string Target, bool Http11) ParseRequestLine(ReadOnlySpan<byte> line)
    {
        int first = line.IndexOf((byte)' ');
        int last = line.LastIndexOf((byte)' ');
        if (first <= 0 || last <= first + 1)
        {
            throw new FramingException("malformed request line");
        }

        ReadOnlySpan<byte> target = line[(first + 1)..last];
        ReadOnlySpan<byte> version = line[(last + 1)..];
        bool http11 = version.SequenceEqual("HTTP/1.1"u8);
        if (!http11 && !version.SequenceEqual("HTTP/1.0"u8))
        {
            throw new FramingException("malformed request line: HTTP/1.1 or HTTP/1.0 is needed");
        }

        if (line[..first].IndexOfAnyExcept(s_token) >= 0 || target.IndexOfAnyExceptInRange((byte)0x21, (byte)0x7e) >= 0 || !IsKnownForm(target))
        {
            throw new FramingException("malformed request line");
        }

        if (target.IndexOf("%00"u8) >= 0)
        {
            throw new FramingException("malformed request line: a NUL in the target"); // Kestrel refuses it too, without a word
        }

        return (Encoding.ASCII.GetString(line[..first]), Encoding.ASCII.GetString(target), http11);
    }

    /// <summary>Origin form and absolute form; there is nothing here to CONNECT to, nor options of the server as a whole.</summary>
    private static bool IsKnownForm(ReadOnlySpan<byte> target) =>
        target[0] == '/' || target.StartsWith("http://"u8) || target.StartsWith("https://"u8);

    private static void ParseField(ReadOnlySpan<byte> line, ref HeadFields fields)
    {
        int colon = line.IndexOf((byte)':');
        if (colon <= 0 || line[..colon].IndexOfAnyExcept(s_token) >= 0)
        {
            throw new FramingException("malformed request: bad header name");
        }

        ReadOnlySpan<byte> value = line[(colon + 1)..].Trim(" \t"u8);
        foreach (byte b in value)
        {
            if (b is < 0x20 and not (byte)'\t' or 0x7f)
            {
                throw new FramingException("malformed request: control character in a header");
            }
        }

        fields.Take(Encoding.ASCII.GetString(line[..colon]), Encoding.Latin1.GetString(value));
    }

    /// <summary>The fields that matter here, gathered line by line.</summary>
    private struct HeadFields
    {
        public long? ContentLength;
        public bool Chunked;
        public bool Upgrade;
        public bool ExpectContinue;
        public bool Close;
        public bool KeepAlive;
        public string? ContentType;
        public bool WebSocket;
        public bool WebSocketVersion13;
        public string? WebSocketKey;

        public void Take(string name, string value)
        {
            switch (name.ToLowerInvariant())
            {
                case "content-length":
                    ContentLength = ContentLength is null ? ParseLength(value) : throw new FramingException("malformed request: more than one Content-Length");
                    break;
                case "transfer-encoding":
                    Chunked = !Chunked && value.Equals("chunked", StringComparison.OrdinalIgnoreCase)
                        ? true
                        : throw new FramingException("malformed request: the only Transfer-Encoding served is chunked");
                    break;
                case "upgrade":
                    Upgrade = true;
                    WebSocket |= HasToken(value, "websocket");
                    break;
                case "expect":
                    ExpectContinue = value.Equals("100-continue", StringComparison.OrdinalIgnoreCase);
                    break;
                case "connection":
                    Close |= HasToken(value, "close");
                    KeepAlive |= HasToken(value, "keep-alive");
                    break;
                case "sec-websocket-key":
                    WebSocketKey = value;
                    break;
                case "sec-websocket-version":
                    WebSocketVersion13 = value == "13";
                    break;
                case "content-type":
                    ContentType ??= value;
                    break;
            }
        }

        private static long ParseLength(string value) =>
            value.Length > 0 && value.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0
            && long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long length)
                ? length
                : throw new FramingException("malformed request: bad Content-Length");

        private static bool HasToken(string value, string token) =>
            value.Split(',', StringSplitOptions.TrimEntries).Contains(token, StringComparer.OrdinalIgnoreCase);
    }
}
