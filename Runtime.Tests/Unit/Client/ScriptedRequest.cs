using System.Globalization;
using System.Text;

namespace Rtd.Tests.Unit.Client;

/// <summary>A request as it came over the wire, with the framing of its body taken off.</summary>
internal sealed record ScriptedRequest(string Method, string Path, string Head, byte[] Body)
{
    public string BodyText => Encoding.UTF8.GetString(Body);

    /// <summary>The next request, or null at the end of the stream. One for "/early" is answered before its body is read.</summary>
    public static ScriptedRequest? Read(Stream stream)
    {
        string head = ReadUntil(stream, "\r\n\r\n");
        if (head.Length == 0)
        {
            return null;
        }

        string[] words = head.Split("\r\n")[0].Split(' ');
        return new ScriptedRequest(words[0], words[1], head, words[1].EndsWith("/early", StringComparison.Ordinal) ? [] : ReadBody(stream, head));
    }

    private static byte[] ReadBody(Stream stream, string head)
    {
        if (head.Contains("Transfer-Encoding: chunked", StringComparison.Ordinal))
        {
            return ReadChunks(stream);
        }

        string? length = head.Split("\r\n").FirstOrDefault(line => line.StartsWith("Content-Length: ", StringComparison.Ordinal))?["Content-Length: ".Length..];
        byte[] body = new byte[int.Parse(length ?? "0", CultureInfo.InvariantCulture)];
        stream.ReadExactly(body);
        return body;
    }

    private static byte[] ReadChunks(Stream stream)
    {
        using MemoryStream body = new();
        while (true)
        {
            string digits = ReadUntil(stream, "\r\n");
            int size = digits.Length > 0 ? int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture) : throw new EndOfStreamException();
            byte[] chunk = new byte[size];
            stream.ReadExactly(chunk);
            ReadUntil(stream, "\r\n");
            if (size == 0)
            {
                return body.ToArray();
            }

            body.Write(chunk);
        }
    }

    private static string ReadUntil(Stream stream, string end)
    {
        StringBuilder text = new();
        while (!text.ToString().EndsWith(end, StringComparison.Ordinal))
        {
            int value = stream.ReadByte();
            if (value < 0)
            {
                return "";
            }

            text.Append((char)value);
        }

        return text.ToString(0, text.Length - end.Length);
    }
}
