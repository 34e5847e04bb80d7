using Rtd.Daemon.Containers.State;

namespace Rtd.Daemon.Volumes;

/// <summary>A local volume: a directory of its own below the data root.</summary>
internal sealed class Volume(VolumeRecord record, string directory)
{
    /// <summary>Marks volumes that nobody named, as with Docker; prune takes only these unless asked for all.</summary>
    public const string AnonymousLabel = "com.docker.volume.anonymous";

    public string Name => Record.Name;

    public VolumeRecord Record { get; } = record;

    public string Directory { get; } = directory;

    /// <summary>What a container sees.</summary>
    public string Mountpoint { get; } = Path.Combine(directory, "_data");

    public bool Anonymous => Record.Labels.ContainsKey(AnonymousLabel);

    /// <summary>Held while the image's content is copied in, so that a second container finds all of it or none.</summary>
    public AsyncLock Filling { get; } = new();
}
