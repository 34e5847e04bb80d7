using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Isolation;

/// <summary>Who the container's process is: names from the image, numbers as they are (CVE-2016-3697, CVE-2024-40635, CVE-2026-30892, CVE-2026-46680).</summary>
public sealed class UserTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    private const string Passwd = """
        root:x:0:0:root:/root:/bin/sh
        user:x:1234:2345::/home/user:/bin/sh
        1000:x:0:0::/root:/bin/sh
        -1:x:0:0::/root:/bin/sh
        2147483648:x:0:0::/root:/bin/sh
        4294967295:x:0:0::/root:/bin/sh
        4294967296:x:0:0::/root:/bin/sh
        99999999999:x:0:0::/root:/bin/sh

        """;

    private const string Group = """
        root:x:0:
        own:x:2345:
        extra:x:3456:user
        more:x:4567:other,user
        foreign:x:5678:other
        77:x:0:

        """;

    [RootTheory]
    [InlineData("user", "uid=1234(user) gid=2345(own) groups=2345(own),3456(extra),4567(more)")]
    [InlineData("1234", "uid=1234(user) gid=2345(own) groups=2345(own),3456(extra),4567(more)")]
    [InlineData("user:foreign", "uid=1234(user) gid=5678(foreign) groups=5678(foreign)")]
    [InlineData("1234:77", "uid=1234(user) gid=77 groups=77")]
    [InlineData("4321", "uid=4321 gid=0(root) groups=0(root)")]
    [InlineData("4321:8765", "uid=4321 gid=8765 groups=8765")]
    [InlineData("1000", "uid=1000 gid=0(root) groups=0(root)")]
    [InlineData("user:", "uid=1234(user) gid=2345(own) groups=2345(own),3456(extra),4567(more)")]
    [InlineData(":8765", "uid=0(root) gid=8765 groups=8765")]
    [InlineData("root", "uid=0(root) gid=0(root) groups=0(root)")]
    public async Task User_is_exactly_as_asked(string user, string expected)
    {
        await UsingImageAsync(async () =>
        {
            // busybox finds names for "1000" by number too, as it should; only the numbers count.
            string run = (await DockerAsync("run", "--rm", "-u", user, "users", "id")).Exits(0).Line;
            string id = (await DockerAsync("run", "-d", "users", "sleep", "1000")).Exits(0).Line;
            string exec = (await DockerAsync("exec", "-u", user, id, "id")).Exits(0).Line;

            Assert.Equal(expected, run);
            Assert.Equal(expected, exec);
            (await DockerAsync("rm", "-f", id)).Exits(0);
        });
    }

    [RootTheory]
    [InlineData("-1")]
    [InlineData("2147483648")]
    [InlineData("4294967295")]
    [InlineData("4294967296")]
    [InlineData("99999999999")]
    [InlineData("nobody-here")]
    [InlineData("1234:nobody-here")]
    [InlineData("1234:4294967296")]
    public async Task User_that_cannot_be_is_refused_and_never_root(string user)
    {
        await UsingImageAsync(async () =>
        {
            CommandResult run = await DockerAsync("run", "--rm", "--user=" + user, "users", "id");
            string id = (await DockerAsync("run", "-d", "users", "sleep", "1000")).Exits(0).Line;
            CommandResult exec = await DockerAsync("exec", "--user=" + user, id, "id");
            (await DockerAsync("commit", "--change", "USER " + user, id, "users:configured")).Exits(0);
            CommandResult configured = await DockerAsync("run", "--rm", "users:configured", "id");
            (await DockerAsync("rmi", "users:configured")).Exits(0);

            Assert.DoesNotContain("uid=", configured.Stdout, StringComparison.Ordinal);
            Assert.InRange(configured.ExitCode, 125, 127);
            Assert.DoesNotContain("uid=", run.Stdout, StringComparison.Ordinal);
            Assert.InRange(run.ExitCode, 125, 127);
            Assert.DoesNotContain("uid=", exec.Stdout, StringComparison.Ordinal);
            Assert.NotEqual(0, exec.ExitCode);
            (await DockerAsync("rm", "-f", id)).Exits(0);
        });
    }

    [RootFact]
    public async Task Further_groups_as_asked()
    {
        await UsingImageAsync(async () =>
            Assert.Equal(
                "uid=1234(user) gid=2345(own) groups=99,2345(own),3456(extra),4567(more),5678(foreign)",
                Sorted((await DockerAsync("run", "--rm", "-u", "user", "--group-add", "foreign", "--group-add", "99", "users", "id")).Exits(0).Line)));
    }

    [RootFact]
    public async Task Home_is_the_users() =>
        await UsingImageAsync(async () =>
            Assert.Equal("/home/user\n", (await DockerAsync("run", "--rm", "-u", "user", "users", "sh", "-c", "echo $HOME")).Exits(0).Stdout));

    [RootTheory]
    [InlineData("etc/passwd", "/dev/zero")]
    [InlineData("etc/passwd", "/proc/self/environ")]
    [InlineData("etc/group", "/fifo")]
    public async Task User_files_that_are_no_files_do_not_hang_the_daemon(string path, string target)
    {
        byte[] image = ImageArchive.DockerSave(
            "users:latest",
            ImageArchive.Tar([.. ImageArchive.Busybox(), new System.Formats.Tar.PaxTarEntry(System.Formats.Tar.TarEntryType.Fifo, "fifo"), ImageArchive.Directory("etc/"), ImageArchive.Symlink(path, target)]));
        (await LoadAsync(image)).Exits(0);

        CommandResult result = await DockerAsync("run", "--rm", "-u", "user:own", "users", "id");

        Assert.NotEqual(0, result.ExitCode);
        await Api.PingAsync();
        (await DockerAsync("rmi", "users")).Exits(0);
    }

    private static string Sorted(string id)
    {
        string[] parts = id.Split("groups=");
        IEnumerable<string> groups = parts[1].Split(',').OrderBy(group => int.Parse(group.Split('(')[0], null));
        return $"{parts[0]}groups={string.Join(',', groups)}";
    }

    private async Task UsingImageAsync(Func<Task> test)
    {
        byte[] image = ImageArchive.DockerSave(
            "users:latest",
            ImageArchive.Tar([.. ImageArchive.Busybox(), ImageArchive.Directory("etc/"), ImageArchive.File("etc/passwd", Passwd), ImageArchive.File("etc/group", Group)]));
        (await LoadAsync(image)).Exits(0);
        await test();
        (await DockerAsync("rmi", "-f", "users")).Exits(0);
    }
}
