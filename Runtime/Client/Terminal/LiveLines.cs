using System.Globalization;
using System.Text;

namespace Rtd.Client.Terminal;

/// <summary>Lines at the bottom of a terminal, rewritten in place; the cursor rests on the line below, where an interrupted program may leave it.</summary>
/// <remarks>Lines that have scrolled off the top cannot be rewritten: no more than <see cref="Height"/> are to be drawn.</remarks>
internal sealed class LiveLines(TextSink terminal)
{
    private const string CursorUp = "A", CursorDown = "B", EraseBelow = "\u001b[J", EraseRight = "\u001b[K";

    /// <summary>For a terminal that does not say its size.</summary>
    private const int DefaultColumns = 80, DefaultRows = 24;

    private readonly StringBuilder _output = new();
    private string[] _drawn = [];
    private int _drawnColumns;

    public int Columns => terminal.Columns > 0 ? terminal.Columns : DefaultColumns;

    /// <summary>Rows above the cursor's.</summary>
    public int Height => Math.Max(1, (terminal.Rows > 0 ? terminal.Rows : DefaultRows) - 1);

    /// <summary>Writes the lines that differ; all of them after the terminal's width has changed, since they may have been wrapped anew.</summary>
    public void Draw(string[] lines)
    {
        if (_drawnColumns != Columns || lines.Length < _drawn.Length)
        {
            Erase();
        }

        _output.Append('\n', lines.Length - _drawn.Length);
        for (int i = 0; i < lines.Length; i++)
        {
            if (i >= _drawn.Length || lines[i] != _drawn[i])
            {
                Move(lines.Length - i, CursorUp);
                _output.Append('\r').Append(lines[i]).Append(EraseRight).Append('\r');
                Move(lines.Length - i, CursorDown);
            }
        }

        _drawn = lines;
        _drawnColumns = Columns;
        Emit();
    }

    /// <summary>Leaves lines where they are: what follows is written below them.</summary>
    /// <param name="all">All lines, in place of those drawn when these are too few.</param>
    public void Finish(IReadOnlyList<string> all)
    {
        if (all.Count > _drawn.Length || all.Count > Height)
        {
            Erase();
            foreach (string line in all)
            {
                _output.Append(line).Append('\n');
            }

            Emit();
        }

        _drawn = [];
    }

    private void Erase()
    {
        int columns = Columns;
        int rows = Math.Min(_drawn.Sum(line => Math.Max(1, (line.Length + columns - 1) / columns)), Height);
        if (rows > 0)
        {
            Move(rows, CursorUp);
            _output.Append('\r').Append(EraseBelow);
        }

        _drawn = [];
    }

    private void Move(int rows, string direction) => _output.Append("\u001b[").Append(rows.ToString(CultureInfo.InvariantCulture)).Append(direction);

    private void Emit()
    {
        terminal.Write(_output.ToString());
        terminal.Flush();
        _output.Clear();
    }
}
