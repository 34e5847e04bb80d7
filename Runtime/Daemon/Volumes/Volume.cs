using Rtd.Daemon.Containers.State;

namespace Rtd.Daemon.Volumes;

/// <summary>A volume: its record, and where its driver keeps the data.</summary>
/// <param name="record">What is written down of it.</param>
/// <param name="directory">The directory of the record, below the data root.</param>
/// <param name="driver">Whose it is.</param>
internal sealed class Volume(VolumeRecord record, string directory, IVolumeDriver driver)
{
    /// <summary>Marks volumes that nobody named, as with Docker; prune takes only these unless asked for all.</summary>
    public const string AnonymousLabel = "com.docker.volume.anonymous";

    /// <summary>Passable, not listable: names of volumes are nobody's business.</summary>
    public const UnixFileMode DirectoryMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    public string Name => Record.Name;

    public VolumeRecord Record { get; } = record;

    public string Directory { get; } = directory;

    public IVolumeDriver Driver { get; } = driver;

    /// <summary>Where a local volume's data is.</summary>
    public string Mountpoint { get; } = Path.Combine(directory, "_data");

    public bool Anonymous => Record.Labels.ContainsKey(AnonymousLabel);

    /// <summary>A directory of this machine's and nothing else: what prune takes, and df measures, as with Docker.</summary>
    public bool Plain => Record.Driver == Local.LocalDriver.DriverName && Record.Options.Count == 0;

    /// <summary>There is a limit on what may be in it.</summary>
    public bool IsLimited => Record.Driver == Local.LocalDriver.DriverName && Record.Options.ContainsKey(Local.LocalOptions.SizeName);

    /// <summary>Held while the image's content is copied in, so that a second container finds all of it or none.</summary>
    public AsyncLock Filling { get; } = new();
}
