using System.Globalization;

namespace Rtd.Tests.Unit.Client;

/// <summary>As much of a terminal as progress needs: text, line ends, cursor up and down, erasing. It scrolls at its last row and clamps at its first.</summary>
internal sealed class Screen(int columns, int rows)
{
    private readonly char[][] _cells = [.. Enumerable.Range(0, rows).Select(_ => Blank(columns))];
    private int _row;
    private int _column;

    public IReadOnlyList<string> Lines => [.. _cells.Select(Text)];

    /// <summary>What has left at the top.</summary>
    public List<string> Scrolled { get; } = [];

    public void Write(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '\n':
                    NewLine();
                    break;
                case '\r':
                    _column = 0;
                    break;
                case '\u001b':
                    i = Control(text, i + 2);
                    break;
                default:
                    _cells[_row][_column++] = text[i];
                    break;
            }
        }
    }

    private static char[] Blank(int columns) => [.. Enumerable.Repeat(' ', columns)];

    private static string Text(char[] cells) => new string(cells).TrimEnd();

    private void NewLine()
    {
        _column = 0;
        if (++_row == rows)
        {
            _row--;
            Scrolled.Add(Text(_cells[0]));
            Array.Copy(_cells, 1, _cells, 0, rows - 1);
            _cells[^1] = Blank(columns);
        }
    }

    /// <summary>The index of the sequence's last letter.</summary>
    private int Control(string text, int start)
    {
        int end = start;
        while (char.IsAsciiDigit(text[end]))
        {
            end++;
        }

        int count = end == start ? 0 : int.Parse(text.AsSpan(start, end - start), CultureInfo.InvariantCulture);
        switch (text[end])
        {
            case 'A':
                _row = Math.Max(0, _row - count);
                break;
            case 'B':
                _row = Math.Min(rows - 1, _row + count);
                break;
            case 'K':
                Array.Fill(_cells[_row], ' ', _column, columns - _column);
                break;
            case 'J':
                Array.Fill(_cells[_row], ' ', _column, columns - _column);
                for (int i = _row + 1; i < rows; i++)
                {
                    _cells[i] = Blank(columns);
                }

                break;
            default:
                throw new NotSupportedException($"control sequence {text[end]}");
        }

        return end;
    }
}
