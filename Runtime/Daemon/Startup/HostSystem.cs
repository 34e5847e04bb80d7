namespace Rtd.Daemon.Startup;

/// <summary>The distribution, the processors and the memory of the host.</summary>
/// <param name="Name">PRETTY_NAME of os-release(5).</param>
/// <param name="VersionId">VERSION_ID of os-release(5), or the empty string.</param>
/// <param name="Memory">Bytes.</param>
internal sealed record HostSystem(string Name, string VersionId, int Processors, long Memory)
{
    public static HostSystem Read()
    {
        Dictionary<string, string> release = ReadOsRelease();
        return new HostSystem(
            release.GetValueOrDefault("PRETTY_NAME", "Linux"),
            release.GetValueOrDefault("VERSION_ID", ""),
            Environment.ProcessorCount,
            ReadMemory());
    }

    private static Dictionary<string, string> ReadOsRelease()
    {
        string? path = new[] { "/etc/os-release", "/usr/lib/os-release" }.FirstOrDefault(File.Exists);
        Dictionary<string, string> fields = [];
        foreach (string line in path is null ? [] : File.ReadLines(path))
        {
            int equals = line.IndexOf('=');
            if (equals > 0)
            {
                fields[line[..equals]] = line[(equals + 1)..].Trim('"', '\'');
            }
        }

        return fields;
    }

    private static long ReadMemory()
    {
        string? line = File.ReadLines("/proc/meminfo").FirstOrDefault(line => line.StartsWith("MemTotal:", StringComparison.Ordinal));
        string[] words = line?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        return words.Length > 1 && long.TryParse(words[1], out long kibibytes) ? kibibytes << 10 : 0;
    }
}
