using System.IO.Enumeration;
using System.Text.RegularExpressions;

namespace Rtd.Tests.Integration.Hosting;

/// <summary>
/// All that a daemon could leave behind, as counted lines: <c>mount /x</c>, <c>link veth1234</c>, <c>fd socket</c> … .
/// Two snapshots with equal lines mean that nothing leaked in between.
/// </summary>
internal sealed partial class Snapshot
{
    /// <summary>Kinds that belong to one daemon process and begin anew with the next.</summary>
    private static readonly string[] s_processKinds = ["fd", "thread", "namespace of thread"];

    /// <summary>Threads of the runtime's pool have no name of their own (with a compiler at run time, names of its) and come and go with load; only many more of them are a leak.</summary>
    private const string PoolThread = "thread: of the pool";
    private const int PoolSlack = 24;

    private static readonly EnumerationOptions s_everything = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None };

    private readonly Dictionary<string, int> _counts = [];

    private Snapshot()
    {
    }

    public static Snapshot Take(TestDaemon daemon)
    {
        Snapshot snapshot = new();
        snapshot.Add("process", Processes(daemon));
        snapshot.Add("mount", Mounts($"/proc/{daemon.Pid}/mountinfo"));
        snapshot.Add("mount on the machine", Mounts("/proc/self/mountinfo").Where(mount => mount.StartsWith(daemon.Host.Root, StringComparison.Ordinal)));
        snapshot.Add("cgroup", daemon.Host.CgroupDirectories.SelectMany(TestHost.Cgroups));
        snapshot.Add("link", File.ReadLines($"/proc/{daemon.Pid}/net/dev").Skip(2).Select(line => line.Split(':')[0].Trim()));
        snapshot.Add("firewall rule", FirewallRules(daemon.Host));
        snapshot.Add("file", Files(daemon.DataRoot).Concat(Files(daemon.ExecRoot)));
        snapshot.Add("fd", Links($"/proc/{daemon.Pid}/fd"));
        snapshot.Add("thread", Threads(daemon.Pid));
        snapshot.Add("namespace of thread", ThreadNamespaces(daemon.Pid));
        return snapshot;
    }

    /// <summary>What is here and was not in the baseline, a line each.</summary>
    public IReadOnlyList<string> Since(Snapshot baseline) =>
        [.. from entry in _counts
            let before = baseline._counts.GetValueOrDefault(entry.Key)
            where entry.Value > before + (entry.Key == PoolThread ? PoolSlack : 0)
            orderby entry.Key
            select before == 0 && entry.Value == 1 ? entry.Key : $"{entry.Key} (before {before}, now {entry.Value})"];

    /// <summary>This snapshot with the fds and threads of another one.</summary>
    public Snapshot WithProcessStateOf(Snapshot other)
    {
        Snapshot merged = new();
        foreach ((string line, int count) in _counts.Where(entry => !IsProcessState(entry.Key)).Concat(other._counts.Where(entry => IsProcessState(entry.Key))))
        {
            merged._counts[line] = count;
        }

        return merged;
    }

    private static bool IsProcessState(string line) => s_processKinds.Any(kind => line.StartsWith($"{kind}: ", StringComparison.Ordinal));

    private void Add(string kind, IEnumerable<string> items)
    {
        foreach (string item in items)
        {
            string line = $"{kind}: {item}";
            _counts[line] = _counts.GetValueOrDefault(line) + 1;
        }
    }

    /// <summary>Members of the host's cgroups, and children of the daemon that are not: zombies, and clones on their way.</summary>
    private static IEnumerable<string> Processes(TestDaemon daemon) =>
        daemon.Host.Processes()
            .Concat(Children(daemon.Pid))
            .Distinct()
            .Where(pid => pid != daemon.Pid)
            .Select(pid => Read($"/proc/{pid}/stat"))
            .Where(stat => stat.Length > 0)
            .Select(stat => Stat().Match(stat))
            .Select(stat => $"{stat.Groups["comm"].Value}{(stat.Groups["state"].Value == "Z" ? " (zombie)" : "")}");

    private static IEnumerable<int> Children(int pid) =>
        Directory.EnumerateDirectories($"/proc/{pid}/task")
            .SelectMany(task => Read($"{task}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(int.Parse);

    private static IEnumerable<string> Mounts(string mountinfo) =>
        File.ReadLines(mountinfo).Select(line => line.Split(' ')[4]);

    private static IEnumerable<string> FirewallRules(TestHost host) =>
        host.RunAsync("nft", "--stateless", "list", "ruleset").GetAwaiter().GetResult().Exits(0).Lines.Select(line => line.Trim()).Where(line => line != "}");

    /// <summary>Everything below a directory. A link is listed and never followed: an image may have one to anywhere.</summary>
    private static IEnumerable<string> Files(string directory) =>
        Directory.Exists(directory)
            ? new FileSystemEnumerable<string>(directory, (ref FileSystemEntry entry) => entry.ToFullPath(), s_everything)
            {
                ShouldRecursePredicate = (ref FileSystemEntry entry) => !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
            }
            : [];

    /// <summary>What the fds refer to, numbers left out: two sockets count as the same kind of thing.</summary>
    private static IEnumerable<string> Links(string directory) =>
        Directory.EnumerateFileSystemEntries(directory)
            .Select(link => new FileInfo(link).LinkTarget)
            .OfType<string>()
            // A daemon that is not compiled ahead of time loads its assemblies when it first needs them.
            .Where(target => !target.EndsWith(".dll", StringComparison.Ordinal) && !target.EndsWith(".pdb", StringComparison.Ordinal))
            .Select(target => Number().Replace(target, ""));

    private static IEnumerable<string> Threads(int pid) =>
        Directory.EnumerateDirectories($"/proc/{pid}/task")
            .Select(task => Read($"{task}/comm").Trim())
            .Where(name => name.Length > 0)
            .Select(name => name == Read($"/proc/{pid}/comm").Trim() || name.StartsWith(".NET ", StringComparison.Ordinal) ? "of the pool" : name);

    /// <summary>A thread that entered a container's namespace and did not come back.</summary>
    private static IEnumerable<string> ThreadNamespaces(int pid)
    {
        string[] kinds = ["net", "mnt", "uts", "ipc", "pid"];
        return from task in Directory.EnumerateDirectories($"/proc/{pid}/task")
               from kind in kinds
               let target = new FileInfo($"{task}/ns/{kind}").LinkTarget
               where target is not null && target != new FileInfo($"/proc/{pid}/ns/{kind}").LinkTarget
               select target;
    }

    /// <summary>A file of /proc, or nothing when the process is gone.</summary>
    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return "";
        }
    }

    [GeneratedRegex(@"(?<=:\[)[0-9]+(?=\])")]
    private static partial Regex Number();

    [GeneratedRegex(@"^(?<pid>\d+) \((?<comm>.*)\) (?<state>.)", RegexOptions.Singleline)]
    private static partial Regex Stat();
}
