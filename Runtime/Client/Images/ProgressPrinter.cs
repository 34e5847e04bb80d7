using System.Globalization;
using System.Text;
using System.Text.Json;
using Rtd.Client.Formatting;
using Rtd.Client.Json;
using Rtd.Client.Terminal;

namespace Rtd.Client.Images;

/// <summary>The daemon's progress messages: on a terminal a line for each layer, rewritten in place with a bar; elsewhere plain lines.</summary>
internal sealed class ProgressPrinter(TextSink sink)
{
    private const int BarWidth = 50;
    private const int LeastWidthForBar = 110;

    private readonly Dictionary<string, int> _lines = [];

    /// <summary>Prints a stream of messages up to its end.</summary>
    /// <exception cref="ClientException">A message is an error.</exception>
    public void Print(Stream messages)
    {
        foreach (JsonDocument document in JsonStream.Read(messages))
        {
            using (document)
            {
                Print(document.RootElement);
            }
        }

        sink.Flush();
    }

    private void Print(JsonElement message)
    {
        if (message.Text("error") is { Length: > 0 } error)
        {
            sink.Flush();
            throw new ProgressErrorException(message.Member("errorDetail").Text("message") is { Length: > 0 } detail ? detail : error);
        }

        string id = message.Text("id");
        if (!sink.IsTerminal)
        {
            PrintLine(message, id);
        }
        else if (id.Length > 0)
        {
            PrintInPlace(message, id);
        }
        else
        {
            _lines.Clear();
            PrintLine(message, id);
        }

        sink.Flush();
    }

    /// <summary>Moves up to the layer's own line, rewrites it, and comes back down.</summary>
    private void PrintInPlace(JsonElement message, string id)
    {
        bool isNew = !_lines.TryGetValue(id, out int line);
        if (isNew)
        {
            line = _lines.Count;
            _lines[id] = line;
            sink.WriteLine();
        }

        int up = _lines.Count - line;
        sink.Write($"\u001b[{up.ToString(CultureInfo.InvariantCulture)}A\u001b[2K\r");
        sink.Write($"{id}: {message.Text("status")}{Bar(message)}\r");
        sink.Write($"\u001b[{up.ToString(CultureInfo.InvariantCulture)}B");
    }

    private void PrintLine(JsonElement message, string id)
    {
        if (HasProgress(message) && !sink.IsTerminal)
        {
            return;
        }

        if (message.Text("stream") is { Length: > 0 } stream)
        {
            sink.Write(stream);
            return;
        }

        if (message.Text("status") is { Length: > 0 } status)
        {
            string text = (id.Length > 0 ? id + ": " : "") + status + Bar(message);
            sink.Write(HasProgress(message) ? text + "\r" : text + "\n");
        }
    }

    private static bool HasProgress(JsonElement message) =>
        message.Member("progressDetail") is { ValueKind: JsonValueKind.Object } detail && (detail.Number("total") > 0 || detail.Number("current") > 0);

    private string Bar(JsonElement message)
    {
        JsonElement detail = message.Member("progressDetail");
        return HasProgress(message) ? " " + Bar(detail.Number("current"), detail.Number("total"), detail.Text("units"), sink.Columns) : "";
    }

    /// <summary>"[====>   ]  1.2MB/3.4MB"; the bar only where the terminal has room for it.</summary>
    internal static string Bar(long current, long total, string units, int columns)
    {
        string CurrentText(long value) => units.Length > 0 ? $"{value} {units}" : HumanSize.Decimal(value);
        if (total <= 0 || current > total)
        {
            return CurrentText(current).PadLeft(8);
        }

        StringBuilder bar = new();
        if (columns >= LeastWidthForBar || columns == 0)
        {
            int done = (int)Math.Min(BarWidth, current * 100 / total / 2);
            bar.Append('[').Append('=', done).Append('>').Append(' ', Math.Max(0, BarWidth - done)).Append("]  ");
        }

        return bar.Append(CurrentText(current).PadLeft(8)).Append('/').Append(CurrentText(total)).ToString();
    }
}
