namespace Rtd.Daemon.Volumes;

/// <summary>What is kept of a volume in its volume.json.</summary>
internal sealed record VolumeRecord
{
    public string Name { get; init; } = "";

    public string Driver { get; init; } = Local.LocalDriver.DriverName;

    public DateTimeOffset Created { get; init; }

    public Dictionary<string, string> Labels { get; init; } = [];

    public Dictionary<string, string> Options { get; init; } = [];
}
