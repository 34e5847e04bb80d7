using System.Diagnostics;
using System.Globalization;

namespace Rtd.Tests.Integration.Hosting;

/// <summary>
/// A machine of our own within the machine: a network namespace without a route out, a private mount namespace with that network's /sys
/// and all cgroups, a directory and a cgroup. A shell holds it together; it ends when its stdin does, that is with the test run
/// at the latest, and takes every process in the host's cgroup with it.
/// <code>
///  host                 192.0.2.1 eth0 ── eth0 192.0.2.2 neighbour (another network namespace, for traffic from outside)
/// </code>
/// </summary>
internal sealed class TestHost : IAsyncDisposable
{
    public const string Address = "192.0.2.1";
    public const string NeighbourAddress = "192.0.2.2";
    public const string Nameserver = "192.0.2.53";

    private const string Setup = """
        root=$1
        mkdir $root/cgroup
        mount --rbind /sys/fs/cgroup $root/cgroup
        mount -t sysfs sysfs /sys
        mount --rbind $root/cgroup /sys/fs/cgroup
        umount -l $root/cgroup
        rmdir $root/cgroup
        printf 'nameserver %s\nsearch example.test\n' $2 > $root/resolv.conf
        mount --bind $root/resolv.conf "$(readlink -f /etc/resolv.conf)"
        touch $root/neighbour
        unshare --net=$root/neighbour true
        ip link set lo up
        ip link add eth0 type veth peer name eth0 netns $root/neighbour
        ip addr add 192.0.2.1/24 dev eth0
        ip link set eth0 up
        nsenter --net=$root/neighbour sh -euc 'ip link set lo up; ip addr add 192.0.2.2/24 dev eth0; ip link set eth0 up'
        echo ready
        read -r _ || true
        # The test run is over, perhaps suddenly: let no process of its engine survive it.
        find "$3" -name cgroup.procs -exec cat {} + | while read -r pid; do kill -9 "$pid" || true; done
        """;

    private static readonly string s_runs = Path.Combine("/var/tmp", "rtd-test");
    private static int s_count;

    private readonly Process _holder;

    private TestHost(string name, string root, Process holder)
    {
        Name = name;
        Root = root;
        _holder = holder;
    }

    /// <summary>Unique on the machine.</summary>
    public string Name { get; }

    /// <summary>The directory where all files of this host are; short enough for socket paths.</summary>
    public string Root { get; }

    /// <summary>A process inside, whose /proc/PID/root shows the host's files as they are mounted there.</summary>
    public int HolderPid => _holder.Id;

    /// <summary>The parent of all cgroups of this host, as <c>--cgroup-parent</c> takes it.</summary>
    public string CgroupParent => $"/{Name}/containers";

    /// <summary>This host's directory in every mounted cgroup hierarchy.</summary>
    public IEnumerable<string> CgroupDirectories => CgroupHierarchies.Select(hierarchy => Path.Combine(hierarchy, Name)).Where(Directory.Exists);

    private static IEnumerable<string> CgroupHierarchies =>
        File.Exists("/sys/fs/cgroup/cgroup.controllers") ? ["/sys/fs/cgroup"] : Directory.EnumerateDirectories("/sys/fs/cgroup");

    /// <summary>The cgroup of the daemon itself, in the hierarchy of the pids controller.</summary>
    public string DaemonCgroup => Path.Combine(Directory.Exists("/sys/fs/cgroup/pids") ? "/sys/fs/cgroup/pids" : "/sys/fs/cgroup", Name, "daemon");

    public static async Task<TestHost> CreateAsync()
    {
        await RemoveLeftoversAsync();
        string name = $"rtd-test-{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}";
        string root = Path.Combine(s_runs, name[9..]);
        Directory.CreateDirectory(root);
        ProcessStartInfo info = new("unshare", ["--net", "--mount", "--propagation", "private", "--", "sh", "-euc", Setup, "sh", root, Nameserver, ""])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        TestHost host = new(name, root, new Process { StartInfo = info });
        Directory.CreateDirectory(host.DaemonCgroup);
        info.ArgumentList[^1] = Path.GetDirectoryName(host.DaemonCgroup)!;
        host._holder.Start();
        string? line = await host._holder.StandardOutput.ReadLineAsync().WaitAsync(Command.Patience);
        return line == "ready" ? host : throw new InvalidOperationException($"the test host was not made: {await host._holder.StandardError.ReadToEndAsync()}");
    }

    /// <summary>The command that runs another one inside.</summary>
    public IReadOnlyList<string> Inside(params IEnumerable<string> command) =>
        ["nsenter", $"--net=/proc/{_holder.Id}/ns/net", $"--mount=/proc/{_holder.Id}/ns/mnt", "--", .. command];

    /// <summary>The same, and as a member of the cgroup that <see cref="DisposeAsync"/> empties.</summary>
    public IReadOnlyList<string> InsideAndOwned(IEnumerable<string> command) =>
        ["sh", "-c", "echo 0 > $0/cgroup.procs && exec \"$@\"", DaemonCgroup, .. Inside(command)];

    public Task<CommandResult> RunAsync(params string[] command) => Command.RunAsync(Inside(command));

    /// <summary>Runs a command in the network of the machine next door.</summary>
    public Task<CommandResult> RunAtNeighbourAsync(params string[] command) =>
        Command.RunAsync(Inside(["nsenter", $"--net={Root}/neighbour", "--", .. command]));

    /// <summary>Every process in this host's cgroups: the daemon, what it started, what is left of it.</summary>
    public IReadOnlyList<int> Processes() => ProcessesIn(CgroupDirectories);

    /// <summary>Those of them that are in containers.</summary>
    public IReadOnlyList<int> ContainerProcesses() => ProcessesIn(CgroupDirectories.Select(directory => Path.Combine(directory, "containers")).Where(Directory.Exists));

    /// <summary>The cgroups at and below a directory, innermost first.</summary>
    public static IEnumerable<string> Cgroups(string directory) =>
        Directory.EnumerateDirectories(directory, "*", SearchOption.AllDirectories).OrderByDescending(path => path.Length).Append(directory);

    public async ValueTask DisposeAsync()
    {
        KillAll();
        _holder.StandardInput.Close();
        await _holder.WaitForExitAsync().WaitAsync(Command.Patience);
        _holder.Dispose();
        await RemoveCgroupsAsync(Name);
        await Command.RunAsync(["rm", "-rf", "--one-file-system", Root]);
    }

    private static IReadOnlyList<int> ProcessesIn(IEnumerable<string> directories) => [.. directories.SelectMany(Cgroups).SelectMany(ReadProcs).Distinct().Order()];

    private static IEnumerable<int> ReadProcs(string cgroup)
    {
        try
        {
            return [.. File.ReadLines(Path.Combine(cgroup, "cgroup.procs")).Select(line => int.Parse(line, CultureInfo.InvariantCulture)).Where(pid => pid > 0)];
        }
        catch (Exception gone) when (gone is DirectoryNotFoundException or FileNotFoundException or IOException)
        {
            return [];
        }
    }

    private void KillAll() => KillAll([.. CgroupDirectories], Processes);

    private static void KillAll(IReadOnlyList<string> directories, Func<IReadOnlyList<int>> find)
    {
        for (IReadOnlyList<int> processes = find(); processes.Count > 0; processes = find())
        {
            foreach (int process in processes)
            {
                // A frozen cgroup (docker pause) takes SIGKILL only when thawed.
                Thaw(directories);
                _ = Libc.kill(process, Libc.SIGKILL);
            }
        }
    }

    private static void Thaw(IEnumerable<string> directories)
    {
        foreach (string state in directories.SelectMany(Cgroups).Select(cgroup => Path.Combine(cgroup, "freezer.state")).Where(File.Exists))
        {
            File.WriteAllText(state, "THAWED");
        }
    }

    private static async Task RemoveCgroupsAsync(string name)
    {
        foreach (string cgroup in CgroupHierarchies.Select(hierarchy => Path.Combine(hierarchy, name)).Where(Directory.Exists).SelectMany(Cgroups))
        {
            await Eventually.SucceedsAsync($"removing {cgroup}", () =>
            {
                // Another host may be sweeping the same leftovers.
                if (Directory.Exists(cgroup))
                {
                    Directory.Delete(cgroup);
                }
            });
        }
    }

    /// <summary>Removes what test runs left that were killed; a run's directories carry its pid.</summary>
    private static async Task RemoveLeftoversAsync()
    {
        Directory.CreateDirectory(s_runs);
        foreach (string root in Directory.EnumerateDirectories(s_runs).Where(root => !Directory.Exists($"/proc/{Path.GetFileName(root).Split('-')[0]}")))
        {
            string name = $"rtd-test-{Path.GetFileName(root)}";
            string[] cgroups = [.. CgroupHierarchies.Select(hierarchy => Path.Combine(hierarchy, name)).Where(Directory.Exists)];
            KillAll(cgroups, () => ProcessesIn(cgroups));
            await RemoveCgroupsAsync(name);
            await Command.RunAsync(["rm", "-rf", "--one-file-system", root]);
        }
    }
}
