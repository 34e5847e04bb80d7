using System.Text;
using System.Text.Json;
using Rtd.Client.Formatting;
using Rtd.Client.Json;

namespace Rtd.Client.Images;

/// <summary>How far a part is, as a text: "[====>   ]  1.2MB/3.4MB".</summary>
internal static class ProgressBar
{
    private const int Widest = 50;

    /// <summary>Below this a bar shows less than the numbers beside it.</summary>
    private const int Narrowest = 10;

    /// <summary>Whether a message says how far it is.</summary>
    public static bool IsIn(JsonElement message) =>
        message.Member("progressDetail") is { ValueKind: JsonValueKind.Object } detail && (detail.Number("total") > 0 || detail.Number("current") > 0);

    /// <summary>The text for a message in so many columns; the bar gives way to the numbers.</summary>
    public static string Of(JsonElement message, int columns)
    {
        JsonElement detail = message.Member("progressDetail");
        return Of(detail.Number("current"), detail.Number("total"), detail.Text("units"), columns);
    }

    public static string Of(long current, long total, string units, int columns)
    {
        string CurrentText(long value) => units.Length > 0 ? $"{value} {units}" : HumanSize.Decimal(value);
        if (total <= 0 || current > total)
        {
            return CurrentText(current).PadLeft(8);
        }

        string numbers = $"{CurrentText(current),8}/{CurrentText(total)}";
        int width = Math.Min(Widest, columns - numbers.Length - "[>]  ".Length);
        if (width < Narrowest)
        {
            return numbers;
        }

        int done = (int)(current * width / total);
        return new StringBuilder().Append('[').Append('=', done).Append('>').Append(' ', width - done).Append("]  ").Append(numbers).ToString();
    }
}
