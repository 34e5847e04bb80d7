using System.Globalization;
using System.Text;
using System.Text.Json;
using Rtd.Client.Formatting;
using Rtd.Client.Terminal;

namespace Rtd.Client.Images;

/// <summary>A line for each layer at the bottom of a terminal, rewritten in place; the cursor rests on the line below, where an interrupted program may leave it.</summary>
/// <remarks>
/// Lines that have scrolled off the top cannot be rewritten. When there are more layers than rows, those that move are shown and the others are
/// counted; all are written out at the end.
/// </remarks>
internal sealed class ProgressScreen(TextSink terminal)
{
    private const string CursorUp = "A", CursorDown = "B", EraseBelow = "\u001b[J", EraseRight = "\u001b[K";

    /// <summary>For a terminal that does not say its size.</summary>
    private const int DefaultColumns = 80, DefaultRows = 24;

    private readonly Dictionary<string, ProgressRow> _byId = [];
    private readonly List<ProgressRow> _rows = [];
    private readonly StringBuilder _output = new();
    private string[] _drawn = [];
    private int _drawnColumns;

    private int Columns => terminal.Columns > 0 ? terminal.Columns : DefaultColumns;

    /// <summary>Rows above the cursor's.</summary>
    private int Height => Math.Max(1, (terminal.Rows > 0 ? terminal.Rows : DefaultRows) - 1);

    /// <summary>Shows what the daemon says of a layer.</summary>
    public void Update(string id, JsonElement message)
    {
        if (!_byId.TryGetValue(id, out ProgressRow? row))
        {
            row = new ProgressRow(id);
            _byId[id] = row;
            _rows.Add(row);
        }

        row.Update(message);
        Draw(Lines());
    }

    /// <summary>Leaves the lines where they are: what follows is written below them.</summary>
    public void Finish()
    {
        if (_rows.Count > _drawn.Length || _rows.Count > Height)
        {
            Erase();
            _rows.ForEach(row => _output.Append(row.Text(Columns)).Append('\n'));
            Emit();
        }

        _rows.Clear();
        _byId.Clear();
        _drawn = [];
    }

    private string[] Lines()
    {
        int height = Height;
        if (_rows.Count <= height)
        {
            return [.. _rows.Select(row => row.Text(Columns))];
        }

        HashSet<ProgressRow> chosen = [.. _rows.OrderBy(Rank).Take(height - 1)];
        int finished = _rows.Count(row => row.IsFinished);
        string summary = string.Create(CultureInfo.InvariantCulture, $"{_rows.Count} lines, {finished} done; {chosen.Count} of them shown");
        return [Ellipsis.Cut(summary, Columns - 1), .. _rows.Where(chosen.Contains).Select(row => row.Text(Columns))];
    }

    private static int Rank(ProgressRow row) => row.IsMoving ? 0 : row.IsFinished ? 2 : 1;

    /// <summary>Writes the lines that differ; all of them after the terminal's width has changed, since they may have been wrapped anew.</summary>
    private void Draw(string[] lines)
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
