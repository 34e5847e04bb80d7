using System.Security.Cryptography;
using Newtonsoft.Json;
using Rtd.Daemon.Storage.Files;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Networking;

/// <summary>The file of network records; what a call has written is durable when it returns.</summary>
internal sealed class NetworkStore
{
    private readonly Lock _gate = new();
    private readonly string _directory;
    private readonly List<NetworkRecord> _records;

    /// <param name="directory">Made if it is not there.</param>
    public NetworkStore(string directory)
    {
        _directory = directory;
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(directory))!);
        int error = Libc.try_mkdirat(Libc.AT_FDCWD, directory, 0x1c0); // 0700
        if (error < 0 && error != -Libc.EEXIST)
        {
            throw new SyscallException("mkdir", -error, directory);
        }

        AtomicFile.Sweep(directory);
        _records = Load();
    }

    private string FilePath => Path.Combine(_directory, "networks.json");

    /// <summary>The records of networks that users made.</summary>
    public IReadOnlyList<NetworkRecord> UserDefined
    {
        get
        {
            lock (_gate)
            {
                return _records.FindAll(record => record.UserDefined);
            }
        }
    }

    /// <summary>The record of a predefined network; made on the first start.</summary>
    public NetworkRecord GetOrAdd(string name, string driver)
    {
        lock (_gate)
        {
            NetworkRecord? record = _records.Find(r => r.Name == name && !r.UserDefined);
            if (record is null)
            {
                record = new NetworkRecord { Name = name, Driver = driver, Id = NewId(), Created = DateTime.UtcNow };
                _records.Add(record);
                Write();
            }

            return record;
        }
    }

    public void Add(NetworkRecord record)
    {
        lock (_gate)
        {
            _records.Add(record);
            Write();
        }
    }

    public void Remove(NetworkRecord record)
    {
        lock (_gate)
        {
            _records.Remove(record);
            Write();
        }
    }

    public void Save()
    {
        lock (_gate)
        {
            Write();
        }
    }

    public static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    private void Write() => AtomicFile.Write(FilePath, JsonConvert.SerializeObject(_records, Formatting.Indented));

    private List<NetworkRecord> Load() => StateFile.Read<List<NetworkRecord>>(FilePath, "networks of users are forgotten, and have to be made again") ?? [];
}
