using System.Globalization;
using System.Text.RegularExpressions;
using Rtd.Client.Formatting;

namespace Rtd.Client.Builds;

/// <summary>A step in the live view.</summary>
/// <param name="number">As in <c>3/12</c>; empty for what is no step of the Dockerfile.</param>
internal sealed partial class LiveStep(string number, string stage, string text, TimeSpan start)
{
    /// <summary>What a failure shows; the beginning of more is forgotten.</summary>
    private const int MostLines = 200;

    private TimeSpan? _end;

    public List<string> Output { get; } = [];

    public bool IsCached { get; set; }

    /// <summary>A word on how far it is, such as of a pull; empty for none.</summary>
    public string Note { get; set; } = "";

    public string Title => number.Length == 0 ? text : $"[{(stage.Length > 0 ? stage + " " : "")}{number}] {text}";

    public void End(TimeSpan now) => _end ??= now;

    public void Add(string line)
    {
        if (Output.Count == MostLines)
        {
            Output.RemoveAt(0);
        }

        Output.Add(line);
    }

    /// <summary>Its line, and below it the newest of what it says while it runs.</summary>
    public IEnumerable<string> Lines(TimeSpan now, int columns, int tail)
    {
        string state = IsCached ? "CACHED" : string.Create(CultureInfo.InvariantCulture, $"{((_end ?? now) - start).TotalSeconds:0.0}s");
        string note = Note.Length > 0 && _end is null ? "  " + Note : "";
        int room = columns - state.Length - 2;
        yield return Ellipsis.Cut($" => {Title}{note}", room).PadRight(Math.Max(0, room)) + " " + state;
        if (_end is null)
        {
            foreach (string line in Output.TakeLast(tail))
            {
                yield return Ellipsis.Cut(" => => " + Controls().Replace(line, ""), columns - 1);
            }
        }
    }

    /// <summary>Colours and whatever else would move the cursor.</summary>
    [GeneratedRegex(@"\u001b\[[0-9;?]*[ -/]*[@-~]|\u001b.|[\u0000-\u001f\u007f]")]
    private static partial Regex Controls();
}
