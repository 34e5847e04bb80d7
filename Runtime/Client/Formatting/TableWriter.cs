using System.Text;
using Rtd.Client.Terminal;

namespace Rtd.Client.Formatting;

/// <summary>Aligns tab-separated cells as Go's tabwriter does for docker: a least width, and a padding after the longest cell.</summary>
/// <remarks>The last cell of a line is not padded and does not widen its column.</remarks>
internal sealed class TableWriter(int leastWidth = 10, int padding = 3)
{
    private readonly List<string[]> _rows = [];

    public void AddRow(string tabSeparated)
    {
        foreach (string line in tabSeparated.Split('\n'))
        {
            _rows.Add(line.Split('\t'));
        }
    }

    public void AddRow(params string[] cells) => _rows.Add(cells);

    public void WriteTo(TextSink sink)
    {
        int[] widths = [];
        StringBuilder line = new();
        for (int row = 0; row < _rows.Count; row++)
        {
            string[] cells = _rows[row];
            widths = ContinueWidths(widths, row);
            for (int column = 0; column < cells.Length - 1; column++)
            {
                line.Append(cells[column]).Append(' ', widths[column] - Length(cells[column]));
            }

            sink.WriteLine(line.Append(cells[^1]).ToString());
            line.Clear();
        }
    }

    /// <summary>Widths for a row: those of the row above for columns both have; a column that begins here is measured down to the line that lacks it.</summary>
    private int[] ContinueWidths(int[] above, int row)
    {
        int count = _rows[row].Length - 1;
        int[] widths = new int[count];
        for (int column = 0; column < count; column++)
        {
            widths[column] = column < above.Length ? above[column] : Measure(row, column);
        }

        return widths;
    }

    private int Measure(int row, int column)
    {
        int width = leastWidth;
        for (int i = row; i < _rows.Count && _rows[i].Length - 1 > column; i++)
        {
            width = Math.Max(width, Length(_rows[i][column]) + padding);
        }

        return width;
    }

    private static int Length(string cell)
    {
        int count = 0;
        foreach (Rune rune in cell.EnumerateRunes())
        {
            count++;
        }

        return count;
    }
}
