using System.Globalization;
using System.Text.Json;
using Rtd.Client.Formatting;
using Rtd.Client.Terminal;

namespace Rtd.Client.Images;

/// <summary>A line for each layer at the bottom of a terminal.</summary>
/// <remarks>When there are more layers than rows, those that move are shown and the others are counted; all are written out at the end.</remarks>
internal sealed class ProgressScreen(TextSink terminal)
{
    private readonly LiveLines _lines = new(terminal);
    private readonly Dictionary<string, ProgressRow> _byId = [];
    private readonly List<ProgressRow> _rows = [];

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
        _lines.Draw(Lines());
    }

    /// <summary>Leaves the lines where they are: what follows is written below them.</summary>
    public void Finish()
    {
        _lines.Finish([.. _rows.Select(row => row.Text(_lines.Columns))]);
        _rows.Clear();
        _byId.Clear();
    }

    private string[] Lines()
    {
        int height = _lines.Height;
        if (_rows.Count <= height)
        {
            return [.. _rows.Select(row => row.Text(_lines.Columns))];
        }

        HashSet<ProgressRow> chosen = [.. _rows.OrderBy(Rank).Take(height - 1)];
        int finished = _rows.Count(row => row.IsFinished);
        string summary = string.Create(CultureInfo.InvariantCulture, $"{_rows.Count} lines, {finished} done; {chosen.Count} of them shown");
        return [Ellipsis.Cut(summary, _lines.Columns - 1), .. _rows.Where(chosen.Contains).Select(row => row.Text(_lines.Columns))];
    }

    private static int Rank(ProgressRow row) => row.IsMoving ? 0 : row.IsFinished ? 2 : 1;
}
