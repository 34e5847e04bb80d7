using Newtonsoft.Json;
using NLog;
using Rtd.Daemon.Containers.Text;
using Rtd.Daemon.Storage.Files;

namespace Rtd.Daemon.Volumes.Remote;

/// <summary>Mounts of plugins, a small file each: plugins count them, and a daemon that was killed has to take back what nobody uses any more.</summary>
internal sealed class MountNotes
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private static readonly Logger s_log = LogManager.GetLogger("volumes");

    private readonly string _directory;
    private readonly List<MountNote> _notes = [];

    /// <summary>Reads what a former daemon has left.</summary>
    /// <param name="directory">Made with the first note.</param>
    public MountNotes(string directory)
    {
        _directory = directory;
        foreach (string file in Directory.Exists(directory) ? Directory.GetFiles(directory, "*.json") : [])
        {
            if (Read(file) is { } note)
            {
                _notes.Add(note);
            }
        }

        Left = [.. _notes];
    }

    /// <summary>The notes of a former daemon.</summary>
    public IReadOnlyList<MountNote> Left { get; }

    /// <summary>Before the plugin is asked to mount.</summary>
    public MountNote Add(string driver, string volume, string user)
    {
        MountNote note = new() { Id = RandomId.Create(), Driver = driver, Volume = volume, User = user };
        Directory.CreateDirectory(_directory, Private);
        AtomicFile.Write(PathOf(note), JsonConvert.SerializeObject(note));
        lock (_notes)
        {
            _notes.Add(note);
        }

        return note;
    }

    /// <summary>The newest mount of somebody's; null when he has none.</summary>
    public MountNote? Find(string driver, string volume, string user)
    {
        lock (_notes)
        {
            return _notes.LastOrDefault(note => note.Driver == driver && note.Volume == volume && note.User == user);
        }
    }

    /// <summary>After the plugin has unmounted it.</summary>
    public void Remove(MountNote note)
    {
        lock (_notes)
        {
            _notes.Remove(note);
        }

        File.Delete(PathOf(note));
    }

    private static MountNote? Read(string file)
    {
        try
        {
            return JsonConvert.DeserializeObject<MountNote>(File.ReadAllText(file)) is { Id.Length: > 0 } note ? note : null;
        }
        catch (Exception damaged) when (damaged is JsonException or IOException)
        {
            s_log.Warn("{0}: {1}; a volume may stay mounted by its plugin", file, damaged.Message);
            return null;
        }
    }

    private string PathOf(MountNote note) => Path.Combine(_directory, note.Id + ".json");
}
