namespace Rtd.Daemon.Storage;

/// <summary>What <c>storage.json</c> in the data root says.</summary>
internal sealed class StorageRecord
{
    public string Driver { get; set; } = "";

    /// <summary>Of the layout on disk.</summary>
    public int Version { get; set; } = 1;
}
