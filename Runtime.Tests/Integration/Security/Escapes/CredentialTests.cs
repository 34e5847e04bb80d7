using System.Formats.Tar;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.Security.Escapes;

/// <summary>Who a process is, and what it may do, is what was asked for: also in groups and inheritable capabilities.</summary>
public sealed class CredentialTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    private const string Passwd = "root:x:0:0::/root:/bin/sh\nuser:x:1234:2345::/:/bin/sh\n";
    private const string Group = "root:x:0:\nown:x:2345:\nshunned:x:3456:user\n";

    /// <summary>CVE-2022-24769, CVE-2022-29162: inheritable capabilities let a file's own add to a process that dropped them.</summary>
    [RootTheory]
    [InlineData("")]
    [InlineData("--cap-add=NET_ADMIN")]
    [InlineData("--cap-add=ALL")]
    [InlineData("--privileged")]
    [InlineData("-u 1000")]
    [InlineData("-u 1000 --cap-add=NET_ADMIN")]
    public async Task No_capability_is_inheritable_or_ambient(string options)
    {
        const string Nothing = "CapInh:\t0000000000000000\nCapAmb:\t0000000000000000\n";
        string[] look = ["grep", "-E", "^Cap(Inh|Amb)", "/proc/self/status"];
        string[] given = options.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string id = (await DockerAsync(["run", "-d", .. given, "busybox", "sleep", "1000"])).Exits(0).Line;

        Assert.Equal(Nothing, (await DockerAsync(["run", "--rm", .. given, "busybox", .. look])).Exits(0).Stdout);
        Assert.Equal(Nothing, (await DockerAsync(["exec", id, .. look])).Exits(0).Stdout);
        Assert.Equal(Nothing, (await DockerAsync(["exec", "--privileged", id, .. look])).Exits(0).Stdout);
    }

    /// <summary>With --init a process of ours stays. Ids, capabilities and filter are a thread's own: a tracer inside takes the thread that has most.</summary>
    [RootTheory]
    [InlineData("")]
    [InlineData("--cap-add=SYS_PTRACE")]
    [InlineData("--cap-drop=ALL")]
    [InlineData("-u 1000")]
    [InlineData("--security-opt=no-new-privileges")]
    public async Task Every_thread_of_init_may_what_the_command_may(string options)
    {
        const string Look = "grep -hE '^(Uid|Gid|Groups|Cap|NoNewPrivs|Seccomp|Seccomp_filters):' \"$@\" | sort -u";
        string[] given = options.Split(' ', StringSplitOptions.RemoveEmptyEntries);

        IReadOnlyList<string> found = (await DockerAsync(
            ["run", "--rm", "--init", .. given, "busybox", "sh", "-c", $"set -- /proc/self/status; {Look}; echo :; set -- /proc/1/task/*/status; {Look}"])).Exits(0).Lines;

        int middle = found.ToList().IndexOf(":");
        Assert.True(middle > 5);
        Assert.Equal(found.Take(middle), found.Skip(middle + 1));
    }

    /// <summary>Its own runtime has settings by the environment, which is the command's; both see what is theirs.</summary>
    [RootFact]
    public async Task Init_hands_the_environment_on_as_it_is()
    {
        string[] settings = ["DOTNET_GCHeapHardLimit=1", "DOTNET_gcServer=1", "COMPlus_GCgen0size=1", "EMPTY=", "TWO=a=b"];
        string[] given = [.. settings.SelectMany(setting => (string[])["-e", setting])];

        IReadOnlyList<string> found = (await DockerAsync(["run", "--rm", "--init", .. given, "busybox", "env"])).Exits(0).Lines;

        Assert.Equal(settings.Order(), found.Intersect(settings).Order());
        (await DockerAsync("run", "--rm", "--init", "busybox", "nonsense")).Exits(127).Says("executable file not found");
        Assert.Equal("rtinit\n", (await DockerAsync("run", "--rm", "--init", "busybox", "cat", "/proc/1/comm")).Exits(0).Stdout);
    }

    /// <summary>CVE-2022-36109: permissions that a group has less of than all others hold for its members, by their supplementary groups.</summary>
    [RootFact]
    public async Task Negative_permissions_of_a_group_hold()
    {
        TarEntry secret = ImageArchive.File("secret", "for others only\n"u8.ToArray(), (UnixFileMode)0x184);
        secret.Gid = 3456;
        byte[] image = ImageArchive.DockerSave(
            "groups:latest",
            ImageArchive.Tar([.. ImageArchive.Busybox(), ImageArchive.Directory("etc/"), ImageArchive.File("etc/passwd", Passwd), ImageArchive.File("etc/group", Group), secret]));
        (await LoadAsync(image)).Exits(0);
        string id = (await DockerAsync("run", "-d", "groups", "sleep", "1000")).Exits(0).Line;
        foreach ((string[] user, bool reads) in ((string[], bool)[])[(["-u", "user"], false), (["-u", "1234"], false), (["-u", "1234:2345"], true), (["-u", "4321"], true)])
        {
            CommandResult run = await DockerAsync(["run", "--rm", .. user, "groups", "cat", "/secret"]);
            CommandResult exec = await DockerAsync(["exec", .. user, id, "cat", "/secret"]);

            Assert.Equal((reads ? 0 : 1, reads ? 0 : 1), (run.ExitCode, exec.ExitCode));
        }

        (await DockerAsync("run", "--rm", "-u", "4321", "--group-add", "shunned", "groups", "cat", "/secret")).Exits(1).Says("permission denied");
    }

    /// <summary>CVE-2024-9676, CVE-2026-47262: a group file of a size that none has takes neither time nor memory.</summary>
    [RootFact]
    public async Task Giant_group_file_is_refused()
    {
        (await DockerAsync("run", "--name", "giant", "busybox", "truncate", "-s", "40M", "/etc/group")).Exits(0);
        (await DockerAsync("commit", "giant", "giant")).Exits(0);

        CommandResult result = await DockerAsync("run", "--rm", "-u", "root:wheel", "giant", "true");

        Assert.NotEqual(0, result.ExitCode);
        result.Says("group");
        await Api.PingAsync();
    }

    /// <summary>The filter is there for execs too, and is not in the way of what was allowed.</summary>
    [RootTheory]
    [InlineData("--security-opt=no-new-privileges")]
    [InlineData("--init")]
    [InlineData("-u 1000")]
    [InlineData("--cap-drop=ALL")]
    public async Task Filter_is_in_force_before_the_command_begins(string options)
    {
        string[] given = options.Split(' ');
        string id = (await DockerAsync(["run", "-d", .. given, "busybox", "sleep", "1000"])).Exits(0).Line;
        string look = "grep '^Seccomp:' /proc/1/status /proc/self/status | sed 's/.*\t//'; unshare -U true 2>&1";

        CommandResult result = await DockerAsync("exec", id, "sh", "-c", look);

        Assert.StartsWith("2\n2\n", result.Stdout, StringComparison.Ordinal);
        Assert.Contains("Operation not permitted", result.Stdout, StringComparison.Ordinal);
    }
}
