using Newtonsoft.Json.Linq;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Isolation;

/// <summary>What a bind takes along of the mounts below its source: read-only or not, and whether mounts travel.</summary>
public sealed class BindTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    private const string Show = "grep ' /m' /proc/self/mountinfo";

    [RootTheory]
    [InlineData(Cli.Docker, "", "top and below read-only")]
    [InlineData(Cli.Rtctl, "", "top and below read-only")]
    [InlineData(Cli.Docker, ",bind-recursive=enabled", "top and below read-only")]
    [InlineData(Cli.Docker, ",bind-recursive=writable", "top read-only")]
    [InlineData(Cli.Rtctl, ",bind-recursive=writable", "top read-only")]
    [InlineData(Cli.Docker, ",bind-recursive=readonly,bind-propagation=rprivate", "top and below read-only")]
    [InlineData(Cli.Rtctl, ",bind-recursive=readonly,bind-propagation=rprivate", "top and below read-only")]
    [InlineData(Cli.Docker, ",bind-recursive=disabled", "top read-only, nothing below")]
    [InlineData(Cli.Rtctl, ",bind-recursive=disabled", "top read-only, nothing below")]
    public async Task Read_only_goes_as_far_as_asked(Cli cli, string recursion, string expected)
    {
        string source = await MountTreeAsync("private");

        string seen = (await Clients.RunAsync(cli, "run", "--rm", "--mount", $"type=bind,source={source},target=/m,readonly{recursion}", "busybox", "sh", "-c", Probe)).Exits(0).Line;

        Assert.Equal(expected, seen);
        await UnmountTreeAsync(source);
    }

    [RootTheory]
    [InlineData("v1.43", "top read-only")]
    [InlineData("v1.44", "top and below read-only")]
    public async Task Read_only_mount_is_recursive_since_API_1_44(string version, string expected)
    {
        string source = await MountTreeAsync("private");

        Assert.Equal(expected, await RunMountAsync(version, new { Type = "bind", Source = source, Target = "/m", ReadOnly = true }));

        await UnmountTreeAsync(source);
    }

    [RootFact]
    public async Task Contradicting_recursions_are_refused()
    {
        object both = new { Type = "bind", Source = Host.Root, Target = "/m", ReadOnly = true, BindOptions = new { ReadOnlyNonRecursive = true, ReadOnlyForceRecursive = true } };
        using HttpResponseMessage answer = await CreateAsync("v1.47", both);
        Assert.Contains("ReadOnlyNonRecursive and ReadOnlyForceRecursive", await EngineApi.ErrorAsync(answer, 400), StringComparison.Ordinal);

        object forced = new { Type = "bind", Source = Host.Root, Target = "/m", ReadOnly = true, BindOptions = new { ReadOnlyForceRecursive = true } };
        using HttpResponseMessage old = await CreateAsync("v1.43", forced);
        Assert.Contains("needs API v1.44 or newer", await EngineApi.ErrorAsync(old, 400), StringComparison.Ordinal);
    }

    [RootTheory]
    [InlineData("shared", "shared", "private")]
    [InlineData("rshared", "shared", "shared")]
    [InlineData("slave", "slave", "slave")]
    [InlineData("rslave", "slave", "slave")]
    [InlineData("private", "private", "slave")]
    [InlineData("rprivate", "private", "private")]
    public async Task Propagation_goes_as_far_as_asked(string propagation, string top, string below)
    {
        // Below is private on the host where "shared" is to leave it alone, and shared where "private" is.
        string source = await MountTreeAsync(propagation is "shared" or "rshared" ? "private" : "shared");

        IReadOnlyList<string> lines = (await ShellAsync(Show, "-v", $"{source}:/m:{propagation}")).Exits(0).Lines;

        Assert.Equal(top, Kind(lines.Single(line => line.Contains(" /m ", StringComparison.Ordinal))));
        Assert.Equal(below, Kind(lines.Single(line => line.Contains(" /m/below ", StringComparison.Ordinal))));
        await UnmountTreeAsync(source);
    }

    [RootFact]
    public async Task Mounts_travel_through_a_shared_bind_both_ways()
    {
        string source = await MountTreeAsync("private");
        await HostAsync("mkdir", $"{source}/late", $"{source}/own");
        string id = await StartAsync("mount -t tmpfs tmpfs /m/own && touch /m/own/inside && sleep 1000", "--cap-add", "SYS_ADMIN", "-v", $"{source}:/m:shared");

        await Eventually.HoldsAsync("the container's mount is seen on the host", async () => (await Host.RunAsync("test", "-e", $"{source}/own/inside")).ExitCode == 0);
        await HostAsync("mount", "-t", "tmpfs", "tmpfs", $"{source}/late");
        await HostAsync("touch", $"{source}/late/outside");
        (await DockerAsync("exec", id, "test", "-e", "/m/late/outside")).Exits(0);

        (await DockerAsync("rm", "-f", id)).Exits(0);
        await HostAsync("umount", $"{source}/late", $"{source}/own");
        await UnmountTreeAsync(source);
    }

    [RootFact]
    public async Task Shared_bind_leaves_other_binds_private()
    {
        string source = await MountTreeAsync("private");

        string lines = (await ShellAsync("grep -E ' /(other|etc/hosts) ' /proc/self/mountinfo", "-v", $"{source}:/m:shared", "-v", $"{source}:/other")).Exits(0).Stdout;

        Assert.DoesNotContain("shared:", lines, StringComparison.Ordinal);
        await UnmountTreeAsync(source);
    }

    [RootTheory]
    [InlineData("shared", "but it is not a shared mount")]
    [InlineData("rshared", "but it is not a shared mount")]
    [InlineData("slave", "but it is not a shared or slave mount")]
    [InlineData("rslave", "but it is not a shared or slave mount")]
    public async Task Propagation_that_cannot_be_is_refused(string propagation, string message)
    {
        string source = Directory.CreateDirectory(Path.Combine(Host.Root, "alone")).FullName;

        (await ShellAsync("true", "-v", $"{source}:/m:{propagation}")).Exits(125).Says(message);
        (await ShellAsync("true", "--mount", $"type=bind,source={source},target=/m,bind-propagation={propagation}")).Exits(125).Says($"path {source} is mounted on /");

        Directory.Delete(source);
    }

    /// <summary>What the daemon accepts rtinit mounts.</summary>
    [RootFact]
    public async Task The_hosts_procfs_and_single_files_of_it_can_be_bound()
    {
        string file = Path.Combine(Host.Root, "uptime");
        await File.WriteAllTextAsync(file, "1.00 1.00\n");

        Assert.Equal("1.00 1.00\n", (await ShellAsync("cat /proc/uptime", "-v", $"{file}:/proc/uptime:ro")).Exits(0).Stdout);
        string seen = (await ShellAsync("cat /proc/1/comm; head -c 1 /proc/kcore | wc -c; echo x > /proc/sys/kernel/hostname", "-v", "/proc:/proc")).Exits(1).Says("read-only").Stdout;
        Assert.Equal($"{await File.ReadAllTextAsync("/proc/1/comm")}0\n", seen);
        (await ShellAsync("true", "-v", $"{Host.Root}:/proc")).Exits(125).Says("cannot be mounted because it is inside /proc");
        (await ShellAsync("true", "-v", $"{file}:/proc/self/attr/current")).Exits(125).Says("cannot be mounted because it is inside /proc");

        File.Delete(file);
    }

    [RootFact]
    public async Task Device_is_not_made_in_what_others_share()
    {
        (await ShellAsync("true", "-v", "nodes:/v", "--device", "/dev/null:/v/node")).Exits(125).Says("would lie in what is bound from outside the container");
        Assert.Equal("", (await ShellAsync("ls -A /v", "-v", "nodes:/v")).Exits(0).Stdout);

        // One that is there already is no new one; and a tmpfs is the container's own.
        (await ShellAsync("mknod -m 666 /v/node c 1 3", "-v", "nodes:/v")).Exits(0);
        (await ShellAsync("echo > /v/node", "-v", "nodes:/v", "--device", "/dev/null:/v/node")).Exits(0);
        (await ShellAsync("echo > /t/node", "--tmpfs", "/t:dev", "--device", "/dev/null:/t/node")).Exits(0);
        (await DockerAsync("volume", "rm", "nodes")).Exits(0);
    }

    [RootFact]
    public async Task Privileged_container_leaves_no_devices_in_what_it_binds_below_dev()
    {
        string source = Directory.CreateDirectory(Path.Combine(Host.Root, "devices")).FullName;

        (await ShellAsync("test -c /dev/null", "--privileged", "-v", $"{source}:/dev/net", "-v", $"{source}:/dev/mapper")).Exits(0);
        Assert.Contains("/dev/null, with which paths are masked", (await ShellAsync("true", "-v", $"{source}:/dev")).Stderr, StringComparison.Ordinal);

        Assert.Empty(Directory.EnumerateFileSystemEntries(source));
        Directory.Delete(source);
    }

    [RootTheory]
    [InlineData("noatime", "noatime")]
    [InlineData("sync", "sync")]
    [InlineData("exec,suid,dev,size=64k,nr_inodes=10", "size=64k,nr_inodes=10")]
    public async Task Options_of_a_tmpfs_are_the_mounts(string options, string seen)
    {
        string line = (await ShellAsync("grep ' /t ' /proc/mounts", "--tmpfs", $"/t:{options}")).Exits(0).Line;

        Assert.Contains(seen, line, StringComparison.Ordinal);
    }

    private const string Probe = """
        top=writable below=writable
        touch /m/x 2>/dev/null || top='top read-only'
        if grep -q ' /m/below ' /proc/mounts; then touch /m/below/x 2>/dev/null || below='and below read-only'; else below=nothing; fi
        case "$below" in writable) echo "$top" ;; nothing) echo "$top, nothing below" ;; *) echo "top and below read-only" ;; esac
        """;

    private static string Kind(string line) =>
        line.Contains(" shared:", StringComparison.Ordinal) ? "shared" : line.Contains(" master:", StringComparison.Ordinal) ? "slave" : "private";

    /// <summary>A shared tmpfs with another one in <c>below</c>, of the propagation asked for.</summary>
    private async Task<string> MountTreeAsync(string below)
    {
        string source = Directory.CreateDirectory(Path.Combine(Host.Root, "tree")).FullName;
        await HostAsync("sh", "-euc", "mount -t tmpfs tmpfs $0; mount --make-shared $0; mkdir $0/below; mount -t tmpfs tmpfs $0/below; mount --make-$1 $0/below", source, below);
        return source;
    }

    private async Task UnmountTreeAsync(string source)
    {
        await HostAsync("umount", "-R", source);
        Directory.Delete(source);
    }

    private async Task HostAsync(params string[] command) => (await Host.RunAsync(command)).Exits(0);

    private Task<HttpResponseMessage> CreateAsync(string version, object mount) =>
        Api.PostJsonAsync($"/{version}/containers/create", new { Image = "busybox", Cmd = new[] { "sh", "-c", Probe }, HostConfig = new { Mounts = new[] { mount } } });

    private async Task<string> RunMountAsync(string version, object mount)
    {
        using HttpResponseMessage answer = await CreateAsync(version, mount);
        string id = (string)JObject.Parse(await answer.Content.ReadAsStringAsync())["Id"]!;
        return (await DockerAsync("start", "-a", id)).Exits(0).Line;
    }
}
