using System.Security.Cryptography;
using Newtonsoft.Json;
using Rtd.Daemon.Storage.Files;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Networking;

/// <summary>The file of network records.</summary>
internal sealed class NetworkStore
{
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

    /// <summary>The record of a predefined network; made on the first start.</summary>
    public NetworkRecord GetOrAdd(string name, string driver)
    {
        NetworkRecord? record = _records.Find(r => r.Name == name);
        if (record is null)
        {
            record = new NetworkRecord { Name = name, Driver = driver, Id = NewId(), Created = DateTime.UtcNow };
            _records.Add(record);
            Save();
        }

        return record;
    }

    public void Save() => AtomicFile.Write(FilePath, JsonConvert.SerializeObject(_records, Formatting.Indented));

    public static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    private List<NetworkRecord> Load() => File.Exists(FilePath)
        ? JsonConvert.DeserializeObject<List<NetworkRecord>>(File.ReadAllText(FilePath)) ?? []
        : [];
}
