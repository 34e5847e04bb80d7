using System.Text.Json;
using Rtd.Client.Formatting;
using Rtd.Client.Json;

namespace Rtd.Client.Images;

/// <summary>The latest that the daemon said of one layer.</summary>
internal sealed class ProgressRow(string id)
{
    private static readonly string[] s_finished = ["Pull complete", "Already exists", "Pushed", "Layer already exists", "Mounted from"];

    private string _status = "";
    private JsonElement _message;

    /// <summary>Nothing more will come of it.</summary>
    public bool IsFinished { get; private set; }

    /// <summary>Bytes are moving, so that its line is worth a place on a screen that is too small.</summary>
    public bool IsMoving { get; private set; }

    public void Update(JsonElement message)
    {
        _status = message.Text("status");
        IsMoving = ProgressBar.IsIn(message);
        // The document goes with the next message.
        _message = IsMoving ? message.Clone() : default;
        IsFinished = Array.Exists(s_finished, status => _status.StartsWith(status, StringComparison.Ordinal));
    }

    /// <summary>One line that fits the terminal; its last column stays free, since a letter there can wrap.</summary>
    public string Text(int columns)
    {
        string text = $"{id}: {_status}";
        text += IsMoving ? " " + ProgressBar.Of(_message, columns - text.Length - 2) : "";
        return Ellipsis.Cut(text, columns - 1);
    }
}
