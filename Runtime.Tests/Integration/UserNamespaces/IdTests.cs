using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.UserNamespaces;

/// <summary>Whose processes and files are: the container's root is one user of many to the host, and 0 to itself and on the disk.</summary>
public sealed class IdTests(RemapFixture fixture, ITestOutputHelper output) : RemapTest(fixture, output)
{
    private const string Stat = "stat -c '%u:%g %a' ";

    [RootFact]
    public async Task Root_is_another_user_of_the_host()
    {
        await StartAsync("box");

        Assert.Equal("0 100000 65536\n65536 200000 1000\n", await MapAsync("box"));
        Assert.Equal("0 300000 65536\n", await ExecAsync("box", "awk '{print $1,$2,$3}' /proc/self/gid_map"));
        string pid = (await DockerAsync("inspect", "-f", "{{.State.Pid}}", "box")).Exits(0).Line;
        IReadOnlyList<string> status = await File.ReadAllLinesAsync($"/proc/{pid}/status");
        Assert.Contains("Uid:\t100000\t100000\t100000\t100000", status);
        Assert.Contains("Gid:\t300000\t300000\t300000\t300000", status);
        Assert.Contains("100000", (await DockerAsync("top", "box")).Exits(0).Stdout);
        Assert.Contains("userns", (await DockerAsync("info", "-f", "{{json .SecurityOptions}}")).Exits(0).Stdout);
    }

    [RootFact]
    public async Task Files_have_the_ids_of_inside_there_and_on_the_disk()
    {
        string id = await StartAsync("box");

        await ExecAsync("box", "echo x >/own; echo x >/given; chown 7:8 /given; chmod 4755 /given; mkdir /dir; mknod /pipe p; ln -s x /link; chown -h 5:6 /link; echo x >>/bin/busybox.new; mv /home /home2");

        Assert.Equal("0:0 644\n7:8 4755\n0:0 755\n0:0 644\n5:6 777\n", await ExecAsync("box", Stat + "/own /given /dir /pipe /link"));
        Assert.Equal(["0:0 644", "7:8 4755", "0:0 755", "0:0 644", "5:6 777"], OnDisk(id, "/own", "/given", "/dir", "/pipe", "/link"));
        Assert.Equal("0:0 755\n0:0 1777\n0:0 644\n0:0 644\n0:0 644\n", await ExecAsync("box", Stat + "/bin/busybox /tmp /etc/hosts /etc/resolv.conf /etc/hostname"));
        Assert.NotEqual(0, (await DockerAsync("exec", "box", "chown", "66536", "/own")).ExitCode); // past the ranges
        await ExecAsync("box", "chown 66535 /own; echo 1.2.3.4 name >>/etc/hosts");
        Assert.Equal("66535:0 644", Assert.Single(OnDisk(id, "/own")));
    }

    [RootFact]
    public async Task Exec_enters_the_user_namespace_with_its_user()
    {
        await StartAsync("box", "--user", "1000:1000");

        Assert.Equal("1000 1000 ", await ExecAsync("box", "echo $(id -u) $(id -g) $(grep CapEff /proc/self/status | grep -v 0000000000000000)" + " | tr '\\n' ' '"));
        Assert.Equal("0 0\n", (await DockerAsync("exec", "-u", "0:0", "box", "sh", "-c", "echo $(id -u) $(id -g) >/dev/stdout")).Exits(0).Stdout);
        Assert.Equal("5\n", (await DockerAsync("exec", "-u", "5:6", "box", "sh", "-c", "touch /tmp/x; stat -c %u /tmp/x >/dev/stdout")).Exits(0).Stdout);
        Assert.Equal("00000000a80425fb\n", (await DockerAsync("exec", "-u", "0", "box", "sh", "-c", "awk '/CapEff/{print $2}' /proc/self/status")).Exits(0).Stdout);
        Assert.Equal("0 5 620\n", (await DockerAsync("exec", "-t", "-u", "0", "box", "stat", "-c", "%u %g %a", "/dev/pts/0")).Exits(0).Stdout.ReplaceLineEndings("\n"));
    }

    [RootFact]
    public async Task Process_settings_are_as_without()
    {
        Assert.Equal("100\n200\n300\n0\t65535\n1\n9000\n", (await ShellAsync(
            "ulimit -n; ulimit -Hn; cat /proc/self/oom_score_adj /proc/sys/net/ipv4/ping_group_range /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/msgmax",
            "--ulimit", "nofile=100:200", "--oom-score-adj", "300", "--sysctl", "net.ipv4.ip_forward=1", "--sysctl", "kernel.msgmax=9000")).Exits(0).Stdout);
        Assert.Equal("1000\n", (await ShellAsync("id -u >/dev/stdout", "--user", "1000", "--init")).Exits(0).Stdout);
        Assert.Equal("5:0 1777\n", (await ShellAsync(Stat + "/t", "--read-only", "--tmpfs", "/t:uid=5,size=1m")).Exits(0).Stdout);
        Assert.Equal("x\n", (await ShellAsync("echo x >/dev/null; echo x >/dev/full 2>/dev/null || head -c 2 /dev/zero >/dev/null && echo x")).Exits(0).Stdout);
    }

    [RootTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Copies_keep_owners(bool running)
    {
        string id = running ? await StartAsync("box", "-v", "data:/data") : (await DockerAsync("create", "--name", "box", "-v", "data:/data", "busybox", "true")).Exits(0).Line;
        string source = Path.Combine(Host.Root, "source");
        (await Command.RunAsync(["sh", "-euc", "mkdir -p $0; echo x >$0/file; chown 11:12 $0/file; echo y >$0/far; chown 66536 $0/far; chmod 4711 $0/file", source])).Exits(0);
        (await DockerAsync("cp", "-a", $"{source}/file", "box:/file")).Exits(0);
        (await DockerAsync("cp", "-a", $"{source}/file", "box:/data/file")).Exits(0);

        (await DockerAsync("cp", "-a", $"{source}/far", "box:/far")).Says("Container ID 66536 cannot be mapped to a host ID");

        foreach (string path in (string[])["/file", "/data/file"])
        {
            // As an archive: what docker writes to a directory is always the caller's.
            string list = $"{string.Join(' ', Fixture.Clients.CommandLine(Cli.Docker, "cp", $"box:{path}", "-"))} | tar --numeric-owner -tvf -";
            Assert.StartsWith("-rws--x--x 11/12 ", (await Command.RunAsync(["sh", "-euc", list], environment: Fixture.Clients.Environment)).Exits(0).Line);
        }

        Assert.Equal("11:12 4711", Assert.Single(OnDisk(id, "/file")));
        Assert.Equal("11:12 4711", Assert.Single(Owners($"{Daemon.DataRoot}/volumes/data/_data/file")));
        if (running)
        {
            Assert.Equal("11:12 4711\n11:12 4711\n", await ExecAsync("box", Stat + "/file /data/file"));
        }
    }

    /// <summary>Each mount goes to rtinit as an fd.</summary>
    [RootFact]
    public async Task Many_mounts_come_along()
    {
        string shared = Path.Combine(Host.Root, "many");
        Directory.CreateDirectory(shared);
        await File.WriteAllTextAsync(Path.Combine(shared, "file"), "x");

        CommandResult result = await ShellAsync("cat /m/*/file | wc -c; ls /m | wc -l", [.. Enumerable.Range(0, 40).SelectMany(number => (string[])["-v", $"{shared}:/m/{number}"])]);

        Assert.Equal("40\n40\n", result.Exits(0).Stdout);
    }

    [RootFact]
    public async Task Commit_export_and_diff_have_the_ids_of_inside()
    {
        await StartAsync("box");
        await ExecAsync("box", "echo x >/given; chown 7:8 /given; chmod 4755 /given; rm /bin/yes");

        (await DockerAsync("commit", "box", "made")).Exits(0);

        Assert.Equal("7:8 4755\n", (await DockerAsync("run", "--rm", "made", "stat", "-c", "%u:%g %a", "/given")).Exits(0).Stdout);
        Assert.Equal("0 0 4294967295\n7:8 4755\n", (await DockerAsync(
            "run", "--rm", "--userns=host", "made", "sh", "-c", "awk '{print $1,$2,$3}' /proc/self/uid_map; " + Stat + "/given")).Exits(0).Stdout);
        Assert.Equal("7:8 4755\n", (await ShellAsync(Stat + "/image/given", "--mount", "type=image,source=made,target=/image")).Exits(0).Stdout);
        Assert.Equal(["A /given", "C /bin", "D /bin/yes"], (await DockerAsync("diff", "box")).Exits(0).Lines.Order());
        string archive = Path.Combine(Host.Root, "export.tar");
        (await DockerAsync("export", "-o", archive, "box")).Exits(0);
        Assert.StartsWith("-rwsr-xr-x 7/8 ", (await Command.RunAsync(["tar", "--numeric-owner", "-tvf", archive, "given"])).Exits(0).Line);
    }

    [RootFact]
    public async Task Builds_keep_owners()
    {
        string context = Path.Combine(Host.Root, "context");
        Directory.CreateDirectory(context);
        await File.WriteAllTextAsync(Path.Combine(context, "file"), "x");
        await File.WriteAllTextAsync(Path.Combine(context, "Dockerfile"), """
            FROM busybox AS first
            RUN --mount=type=cache,target=/cache --mount=type=bind,target=/context touch /cache/x && cp /context/file /run && chown 3:4 /run && test "$(stat -c %u:%g /cache)" = 0:0
            COPY --chown=5:6 file /copied
            FROM busybox
            COPY --from=first /run /copied /
            ADD file /added
            RUN echo more >>/copied && test "$(id -u)" = 0
            USER 9
            RUN touch /tmp/new
            """);

        (await DockerAsync("build", "-t", "built", context)).Exits(0);

        foreach (string mode in (string[])["", "host"])
        {
            Assert.Equal("3:4\n5:6\n0:0\n9:0\n", (await DockerAsync("run", "--rm", $"--userns={mode}", "built", "stat", "-c", "%u:%g", "/run", "/copied", "/added", "/tmp/new")).Exits(0).Stdout);
        }
    }

    [RootFact]
    public async Task Volumes_have_the_ids_of_inside_and_are_the_same_for_all()
    {
        (await DockerAsync("create", "--name", "filled", "busybox", "true")).Exits(0);
        await StartAsync("maker");
        await ExecAsync("maker", "mkdir -p /d/sub; echo x >/d/file; chown 7:8 /d /d/file; echo x >/d/sub/deep; chown 9:9 /d/sub/deep");
        (await DockerAsync("commit", "maker", "made")).Exits(0);

        (await DockerAsync("run", "-d", "--name", "box", "-v", "data:/d", "--mount", "type=volume,source=mem,target=/mem,volume-opt=type=tmpfs,volume-opt=device=tmpfs", "made", "sleep", "1000")).Exits(0);

        Assert.Equal("7:8\n7:8\n", await ExecAsync("box", "stat -c %u:%g /d /d/file")); // the copy-up
        await ExecAsync("box", "echo x >/d/new; chown 65536 /d/new; echo x >/mem/new");
        string[] look = ["sh", "-c", "stat -c %u:%g /d /d/file /d/new /mem/new"];
        foreach (string mode in (string[])["", "host"])
        {
            Assert.Equal("7:8\n7:8\n65536:0\n0:0\n", (await DockerAsync(["run", "--rm", $"--userns={mode}", "--volumes-from", "box", "busybox", .. look])).Exits(0).Stdout);
        }

        Assert.Equal("9:9\n", (await ShellAsync("stat -c %u:%g /s/deep", "--mount", "type=volume,source=data,target=/s,volume-subpath=sub")).Exits(0).Stdout);
        Assert.Equal(["7:8 644", "65536:0 644"], Owners($"{Daemon.DataRoot}/volumes/data/_data/file", $"{Daemon.DataRoot}/volumes/data/_data/new"));
    }
}
