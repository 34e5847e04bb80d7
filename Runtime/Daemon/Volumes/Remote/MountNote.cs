namespace Rtd.Daemon.Volumes.Remote;

/// <summary>That a plugin has been asked to mount a volume for somebody and not yet to unmount it.</summary>
internal sealed record MountNote
{
    /// <summary>The plugin's name for this mount.</summary>
    public string Id { get; init; } = "";

    public string Driver { get; init; } = "";

    public string Volume { get; init; } = "";

    public string User { get; init; } = "";
}
