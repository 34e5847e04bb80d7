namespace Rtd.Daemon.Images;

/// <summary>What <c>repositories.json</c> says.</summary>
internal sealed class ReferenceRecord
{
    /// <summary>Full reference to image id.</summary>
    public Dictionary<string, string> References { get; set; } = [];

    /// <summary>Image id to the time of its last tagging.</summary>
    public Dictionary<string, DateTimeOffset> LastTagged { get; set; } = [];
}
