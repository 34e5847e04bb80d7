using System.Text;
using Microsoft.Win32.SafeHandles;
using Newtonsoft.Json;
using NLog;
using Rtd.Daemon.Execution;
using Rtd.Daemon.Networking;
using Rtd.Daemon.Storage.Files;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Containers.State;

/// <summary>Containers on disk: <c>DATA/containers/ID/</c> with config.json, log and network files, and <c>EXEC/containers/ID.json</c> while one runs.</summary>
/// <remarks>
/// config.json is durable when a call returns. The file of the running process lies in the exec root, which a reboot empties: a pid means
/// nothing after one. Directories whose name begins with a dot are on their way in or out and are swept at the next start.
/// </remarks>
internal sealed class ContainerFiles(string dataRoot, string execRoot)
{
    private const string ConfigName = "config.json";
    private const string NewPrefix = ".new-", RemovedPrefix = ".removed-", DamagedPrefix = ".damaged-";
    private const UnixFileMode DirectoryMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute;

    private static readonly Logger s_log = LogManager.GetLogger("containers");

    private static readonly JsonSerializerSettings s_json = new()
    {
        DateParseHandling = DateParseHandling.None,
        NullValueHandling = NullValueHandling.Ignore,
        MaxDepth = 64,
    };

    private readonly string _root = Path.Combine(dataRoot, "containers");
    private readonly string _runRoot = Path.Combine(execRoot, "containers");

    public string DirectoryOf(string id) => Path.Combine(_root, id);

    public string HostsPath(string id) => Path.Combine(DirectoryOf(id), "hosts");

    public string HostnamePath(string id) => Path.Combine(DirectoryOf(id), "hostname");

    public string ResolvConfPath(string id) => Path.Combine(DirectoryOf(id), "resolv.conf");

    public string LogPath(string id) => Path.Combine(DirectoryOf(id), $"{id}-json.log");

    /// <summary>An empty directory for mounts in namespaces of their own.</summary>
    public string MountPoint => Path.Combine(_runRoot, ".root");

    /// <summary>Makes the directories.</summary>
    public void Prepare()
    {
        Directory.CreateDirectory(_root, DirectoryMode);
        Directory.CreateDirectory(_runRoot, DirectoryMode);
        Directory.CreateDirectory(MountPoint, DirectoryMode);
    }

    /// <summary>Makes a container's directory with its config, whole or not at all, durable on return.</summary>
    public void Create(ContainerRecord record)
    {
        string temporary = Path.Combine(_root, NewPrefix + record.Id);
        try
        {
            Directory.CreateDirectory(temporary, DirectoryMode);
            AtomicFile.WriteUnpublished(Path.Combine(temporary, ConfigName), Serialize(record));
            Directory.Move(temporary, DirectoryOf(record.Id));
            SyncRoot();
        }
        catch
        {
            Delete(temporary);
            throw;
        }
    }

    public void Save(ContainerRecord record) => AtomicFile.Write(Path.Combine(DirectoryOf(record.Id), ConfigName), Serialize(record));

    /// <summary>Takes a container out in one rename; its files follow with <see cref="DeleteRemoved"/>.</summary>
    /// <param name="id">Of the container.</param>
    /// <param name="durable">Unless it would be removed at the next start, should a power failure bring it back.</param>
    public void Remove(string id, bool durable)
    {
        if (Directory.Exists(DirectoryOf(id))) // somebody may have cleared up by hand
        {
            Directory.Move(DirectoryOf(id), Path.Combine(_root, RemovedPrefix + id));
            if (durable)
            {
                SyncRoot();
            }
        }
    }

    /// <summary>Takes <see cref="Remove"/> back.</summary>
    public void UndoRemove(string id) => Directory.Move(Path.Combine(_root, RemovedPrefix + id), DirectoryOf(id));

    /// <summary>Deletes the files of a removed container; what cannot be deleted now is swept at the next start.</summary>
    public void DeleteRemoved(string id)
    {
        try
        {
            Delete(Path.Combine(_root, RemovedPrefix + id));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            s_log.Warn(failure, "container {0}: deleting its files", id);
        }
    }

    /// <summary>Notes which process a container is, before that process runs a program.</summary>
    public void SaveRun(string id, ProcessIdentity process, SandboxState? network)
    {
        string temporary = RunPath(id) + ".tmp";
        RunRecord run = new() { Pid = process.Pid, StartTicks = process.StartTicks, Network = network };
        File.WriteAllText(temporary, JsonConvert.SerializeObject(run, s_json));
        File.Move(temporary, RunPath(id), overwrite: true);
    }

    public void DeleteRun(string id) => File.Delete(RunPath(id));

    /// <summary>The process noted for a container, or null.</summary>
    public RunRecord? LoadRun(string id)
    {
        try
        {
            return File.Exists(RunPath(id)) ? JsonConvert.DeserializeObject<RunRecord>(File.ReadAllText(RunPath(id)), s_json) : null;
        }
        catch (Exception damaged) when (damaged is JsonException or IOException)
        {
            // The file is written by rename; one that cannot be read is not ours, and the cgroup tells the rest.
            s_log.Warn("container {0}: {1} cannot be read: {2}", id, RunPath(id), damaged.Message);
            return null;
        }
    }

    /// <summary>Sweeps what a killed daemon left half made or half removed.</summary>
    public void Sweep()
    {
        foreach (string directory in Directory.GetDirectories(_root))
        {
            string name = Path.GetFileName(directory);
            if (name.StartsWith(NewPrefix, StringComparison.Ordinal) || name.StartsWith(RemovedPrefix, StringComparison.Ordinal))
            {
                Delete(directory);
            }
        }

        foreach (string half in Directory.GetFiles(_runRoot, "*.tmp"))
        {
            File.Delete(half);
        }
    }

    /// <summary>Ids of all containers on disk.</summary>
    public IReadOnlyList<string> List() =>
        Directory.GetDirectories(_root).Select(directory => Path.GetFileName(directory)).Where(name => !name.StartsWith('.')).ToArray();

    /// <summary>Ids of containers that were running when the daemon last wrote of them.</summary>
    public IReadOnlyList<string> ListRuns() => [.. Directory.GetFiles(_runRoot, "*.json").Select(file => Path.GetFileNameWithoutExtension(file))];

    /// <summary>Ids of containers set aside by <see cref="Load"/>, now or earlier; their layers may still be wanted.</summary>
    public IReadOnlyList<string> ListDamaged() => Directory.GetDirectories(_root, DamagedPrefix + "*")
        .Select(directory => Path.GetFileName(directory)[DamagedPrefix.Length..].Split('-')[0]).ToArray();

    /// <summary>Reads a container; one that cannot be read is set aside with a line in the daemon's log, and null returned.</summary>
    public ContainerRecord? Load(string id)
    {
        try
        {
            ContainerRecord? record = JsonConvert.DeserializeObject<ContainerRecord>(File.ReadAllText(Path.Combine(DirectoryOf(id), ConfigName)), s_json);
            if (record is { Name.Length: > 0, Command.Count: > 0 } && record.Id == id)
            {
                return record;
            }

            SetAside(id, "its config.json is incomplete");
        }
        catch (Exception damaged) when (damaged is JsonException or IOException)
        {
            SetAside(id, damaged.Message);
        }

        return null;
    }

    private static void Delete(string directory)
    {
        try
        {
            Directory.Delete(directory, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Gone already: what a caller wants.
        }
    }

    /// <summary>Makes the names of containers durable.</summary>
    private void SyncRoot()
    {
        using SafeFileHandle root = Libc.open(_root, Libc.O_RDONLY | Libc.O_DIRECTORY);
        Libc.fsync_storage(root.Fd(), _root);
    }

    private static byte[] Serialize(ContainerRecord record) => Encoding.UTF8.GetBytes(JsonConvert.SerializeObject(record, Formatting.Indented, s_json));

    private string RunPath(string id) => Path.Combine(_runRoot, id + ".json");

    private void SetAside(string id, string reason)
    {
        string target = Path.Combine(_root, $"{DamagedPrefix}{id}-{DateTime.UtcNow:yyyyMMddHHmmssfff}");
        s_log.Error("container {0} cannot be read ({1}); its directory is now {2}", id, reason, target);
        Directory.Move(DirectoryOf(id), target);
    }
}
