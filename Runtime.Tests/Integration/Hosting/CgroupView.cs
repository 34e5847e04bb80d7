using System.Globalization;

namespace Rtd.Tests.Integration.Hosting;

/// <summary>A running container's cgroup as the kernel has it: read from outside, where it is in force, not from what the container is shown.</summary>
internal sealed class CgroupView
{
    private readonly IReadOnlyDictionary<string, string> _directories;

    private CgroupView(IReadOnlyDictionary<string, string> directories)
    {
        _directories = directories;
    }

    /// <summary>The controllers that containers are held by are on v2.</summary>
    public static bool IsV2 { get; } = File.Exists("/sys/fs/cgroup/cgroup.controllers");

    public static CgroupView Of(int pid)
    {
        Dictionary<string, string> directories = [];
        foreach (string[] fields in File.ReadLines($"/proc/{pid}/cgroup").Select(line => line.Split(':', 3)))
        {
            foreach (string controller in fields[1].Split(','))
            {
                directories[controller] = fields[2];
            }
        }

        return new CgroupView(directories);
    }

    /// <summary>A file's content without the line end: on v1 of that controller, on v2 of the one directory.</summary>
    public string Read(string controller, string v1, string v2 = "") => File.ReadAllText(PathOf(controller, v1, v2)).Trim();

    public long Number(string controller, string v1, string v2 = "") => long.Parse(Read(controller, v1, v2), CultureInfo.InvariantCulture);

    /// <summary>The number behind a key in a file of keys and values.</summary>
    public long Key(string controller, string v1, string key, string v2 = "") =>
        long.Parse(File.ReadLines(PathOf(controller, v1, v2)).Select(line => line.Split(' ')).First(words => words[0] == key)[1], CultureInfo.InvariantCulture);

    public bool Has(string controller, string v1, string v2 = "") => File.Exists(PathOf(controller, v1, v2));

    private string PathOf(string controller, string v1, string v2) =>
        IsV2 ? $"/sys/fs/cgroup{_directories[""]}/{v2}" : $"/sys/fs/cgroup/{controller}{_directories[controller]}/{v1}";
}
