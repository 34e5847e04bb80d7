using Newtonsoft.Json.Linq;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.Security.Escapes;

/// <summary>Doors of the daemon itself: its sockets, its directories, what it runs for others, how much it takes.</summary>
public sealed class DaemonDoorTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    private const long MemoryAllowance = 64L << 20;

    /// <summary>300 characters: no file has a name of more than 255.</summary>
    private const string Long = Fifty + Fifty + Fifty + Fifty + Fifty + Fifty;

    private const string Fifty = "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghij";

    /// <summary>CVE-2020-15257: an abstract socket is in the network namespace, and a container of the host's network could connect to it.</summary>
    [RootFact]
    public async Task Daemon_has_no_abstract_socket()
    {
        string id = await StartAsync("sleep 1000", "--network", "host");

        IReadOnlyList<string> sockets = (await DockerAsync("exec", id, "cat", "/proc/net/unix")).Exits(0).Lines;

        // The one that has a name is seen, so that an abstract one would be.
        Assert.Contains(sockets, line => line.EndsWith(Daemon.Socket, StringComparison.Ordinal));
        Assert.DoesNotContain(sockets, line => line.Split(' ')[^1].StartsWith('@'));
        Assert.Equal("660", Convert.ToString((int)File.GetUnixFileMode(Daemon.Socket), 8));
        Assert.DoesNotContain((await ShellAsync("cat /proc/net/unix")).Exits(0).Lines, line => line.Contains('/') || line.Contains('@'));
    }

    /// <summary>CVE-2021-41091, CVE-2024-25621: programs with setuid bits lie in layers, and no user of the machine may reach them.</summary>
    [RootFact]
    public async Task Users_of_the_machine_cannot_enter_the_data_root()
    {
        string id = await StartAsync("cp /bin/busybox /su && chmod 4755 /su && sleep 1000");
        Assert.NotEqual("", id);
        foreach (string directory in new[] { Daemon.DataRoot, Path.Combine(Daemon.DataRoot, "containers"), Path.Combine(Daemon.DataRoot, "volumes") })
        {
            CommandResult look = await Host.RunAsync("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "ls", directory);

            Assert.NotEqual(0, look.ExitCode);
            look.Says("permission denied");
        }
    }

    /// <summary>CVE-2022-1227: the list of processes is read from /proc, and no program of the container's is run for it.</summary>
    [RootFact]
    public async Task Top_runs_nothing_of_the_container()
    {
        string id = await StartAsync("for p in ps sh; do printf '#!/bin/busybox sh\\ntouch /ran\\n' >/tmp/$p; chmod +x /tmp/$p; done; mv /tmp/ps /bin/ps; exec sleep 1000");
        await Eventually.HoldsAsync("it is replaced", async () => (await DockerAsync("top", id)).Stdout.Contains("sleep", StringComparison.Ordinal));

        (await DockerAsync("top", id, "-ef")).Exits(0);
        CommandResult hostile = await DockerAsync("top", id, "-o", "pid;touch /ran");

        Assert.NotEqual(0, hostile.ExitCode);
        (await DockerAsync("exec", id, "ls", "/ran")).Exits(1);
    }

    /// <summary>CVE-2018-20699: a range of two thousand million processors is a short text.</summary>
    [RootTheory]
    [InlineData("CpusetCpus")]
    [InlineData("CpusetMems")]
    public async Task Giant_cpu_lists_cost_nothing(string field)
    {
        long before = Resident();
        foreach (string list in new[] { "0-2147483647", "0-4294967295", "0-9223372036854775807", string.Join(',', Enumerable.Repeat("0-2147483647", 300)), new string('0', 3 << 20), string.Concat(Enumerable.Repeat("0,", 1 << 20)) })
        {
            JObject body = new() { ["Image"] = "busybox", ["Cmd"] = new JArray("true"), ["HostConfig"] = new JObject { [field] = list } };

            using HttpResponseMessage response = await Api.PostTextAsync("/containers/create", body.ToString());

            Assert.True((await EngineApi.ErrorAsync(response, 400)).Length < 8192);
        }

        Assert.True(Resident() - before < MemoryAllowance, $"{(Resident() - before) >> 20} MiB");
        await Api.PingAsync();
    }

    /// <summary>Names that become directories: 300 characters, dots and slashes, NUL.</summary>
    [RootTheory]
    [InlineData("/volumes/create", "Name", "../escape")]
    [InlineData("/volumes/create", "Name", "/etc")]
    [InlineData("/volumes/create", "Name", "..")]
    [InlineData("/volumes/create", "Name", "a\0b")]
    [InlineData("/volumes/create", "Name", Long)]
    [InlineData("/networks/create", "Name", "")]
    [InlineData("/networks/create", "Name", Long)]
    [InlineData("/networks/create", "Name", "..")]
    [InlineData("/networks/create", "Name", "a/../b")]
    [InlineData("/networks/create", "Name", "a\0b")]
    [InlineData($"/containers/create?name={Long}", "Image", "busybox")]
    [InlineData("/containers/create?name=..", "Image", "busybox")]
    [InlineData("/containers/create?name=../escape", "Image", "busybox")]
    [InlineData("/containers/create?name=%2Fetc%2Fpasswd", "Image", "busybox")]
    [InlineData("/containers/create?name=a%00b", "Image", "busybox")]
    [InlineData("/images/busybox/tag?repo=..%2Fescape&tag=x", "None", "")]
    [InlineData("/images/busybox/tag?repo=a%00b&tag=x", "None", "")]
    [InlineData("/images/busybox/tag?repo=a&tag=..%2F..%2Fescape", "None", "")]
    [InlineData($"/images/busybox/tag?repo={Long}&tag=x", "None", "")]
    public async Task Names_cannot_be_paths(string path, string field, string name)
    {
        string[] before = OnDisk();

        using HttpResponseMessage response = await Api.PostTextAsync(path, new JObject { [field] = name }.ToString());

        await EngineApi.ErrorAsync(response, 400);
        Assert.Equal(before, OnDisk());
    }

    /// <summary>Whoever is not to be asked by the network is not.</summary>
    [RootFact]
    public async Task Daemon_listens_on_no_TCP_port_unless_told_to()
    {
        HashSet<string> own = [.. new DirectoryInfo($"/proc/{Daemon.Pid}/fd").EnumerateFileSystemInfos().Select(fd => fd.LinkTarget ?? "")];
        IEnumerable<string[]> sockets = new[] { "tcp", "tcp6" }
            .SelectMany(family => File.ReadLines($"/proc/{Daemon.Pid}/net/{family}").Skip(1))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        const int State = 3, Inode = 9;
        Assert.DoesNotContain(sockets, words => words[State] == "0A" && own.Contains($"socket:[{words[Inode]}]"));
    }

    /// <summary>CVE-2023-28840 and kin are of swarms, CVE-2026-33997 of plugins: neither is there to be attacked.</summary>
    [RootTheory]
    [InlineData("/swarm/init", 503, 501)]
    [InlineData("/swarm/join", 503, 501)]
    [InlineData("/services/create", 503, 501)]
    [InlineData("/plugins/pull?remote=evil", 404, 501)]
    [InlineData("/plugins/evil/enable", 404, 501)]
    public async Task Swarm_is_answered_and_does_nothing(string path, int first, int second)
    {
        using HttpResponseMessage response = await Api.PostTextAsync(path, "{}");

        await EngineApi.ErrorAsync(response, first, second, 400);
        Assert.Equal("inactive", (string?)(await Api.GetJsonAsync("/info"))["Swarm"]!["LocalNodeState"]);
    }

    /// <summary>All that has a name below the data root, and beside it.</summary>
    private string[] OnDisk() =>
        [.. Directory.EnumerateFileSystemEntries(Host.Root).Concat(Directory.EnumerateFileSystemEntries(Daemon.DataRoot, "*", SearchOption.AllDirectories)).Order(StringComparer.Ordinal)];

    private long Resident() =>
        long.Parse(File.ReadLines($"/proc/{Daemon.Pid}/status").Single(line => line.StartsWith("VmRSS", StringComparison.Ordinal)).Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], null) << 10;
}
