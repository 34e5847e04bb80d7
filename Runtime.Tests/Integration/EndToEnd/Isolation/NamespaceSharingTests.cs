using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Isolation;

/// <summary>Namespaces that are shared because somebody asked for it, and only those.</summary>
public sealed class NamespaceSharingTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    [RootFact]
    public async Task Ipc_namespace_and_shared_memory_of_another_container()
    {
        string donor = await StartAsync("echo shared >/dev/shm/word; sleep 1000", "--ipc", "shareable", "--shm-size", "8m");
        await Eventually.HoldsAsync("the word is there", async () => (await DockerAsync("exec", donor, "cat", "/dev/shm/word")).ExitCode == 0);
        string guest = await StartAsync("sleep 1000", "--ipc", $"container:{donor}");

        Assert.Equal("shared\n", (await DockerAsync("exec", guest, "sh", "-c", "cat /dev/shm/word; echo back >/dev/shm/answer")).Exits(0).Stdout);
        Assert.Equal("back\n", (await DockerAsync("exec", donor, "cat", "/dev/shm/answer")).Exits(0).Stdout);
        Assert.Equal(await NamespaceAsync(donor, "ipc"), await NamespaceAsync(guest, "ipc"));
        Assert.NotEqual(await NamespaceAsync(donor, "net"), await NamespaceAsync(guest, "net"));

        // The guest has the mount, not the donor: it stays when the donor goes.
        (await DockerAsync("rm", "-f", donor)).Exits(0);
        Assert.Equal("shared\n", (await DockerAsync("exec", guest, "cat", "/dev/shm/word")).Exits(0).Stdout);
    }

    [RootFact]
    public async Task Ipc_of_a_private_or_stopped_container_cannot_be_joined()
    {
        string closed = await StartAsync("sleep 1000", "--ipc", "private");
        string created = (await DockerAsync("create", "--ipc", "shareable", "busybox", "true")).Exits(0).Line;

        (await ShellAsync("true", "--ipc", $"container:{closed}")).Exits(125).Says($"cannot join IPC of container {closed}: non-shareable IPC (hint: use IpcMode:shareable for the donor container)");
        (await ShellAsync("true", "--ipc", $"container:{created}")).Exits(125).Says("cannot join IPC of a non running container");
        (await ShellAsync("true", "--ipc", "container:nobody")).Exits(125).Says("No such container: nobody");
        (await ShellAsync("true", "--ipc", "container:")).Exits(125);
        (await ShellAsync("true", "--ipc", "nonsense")).Exits(125).Says("invalid IPC mode: nonsense");
    }

    [RootFact]
    public async Task The_other_container_may_get_another_name()
    {
        string donor = await StartAsync("sleep 1000", "--ipc", "shareable", "--name", "first-name");
        string guest = await StartAsync("sleep 1000", "--ipc", "container:first-name", "--pid", "container:first-name", "--network", "container:first-name");
        (await DockerAsync("rename", "first-name", "second-name")).Exits(0);
        await StartAsync("sleep 1000", "--ipc", "shareable", "--name", "first-name");

        (await DockerAsync("restart", "-t", "0", guest)).Exits(0);

        foreach (string kind in (string[])["ipc", "pid", "net"])
        {
            Assert.Equal(await NamespaceAsync(donor, kind), await NamespaceAsync(guest, kind));
        }

        string host = (await DockerAsync("inspect", "-f", "{{.HostConfig.IpcMode}} {{.HostConfig.PidMode}} {{.HostConfig.NetworkMode}}", guest)).Exits(0).Line;
        Assert.Equal($"container:{donor} container:{donor} container:{donor}", host);
    }

    [RootFact]
    public async Task What_is_shared_cannot_be_had_otherwise_too()
    {
        string donor = await StartAsync("sleep 1000");

        (await ShellAsync("true", "--uts", "host", "-h", "own")).Exits(125).Says("conflicting options: hostname and the UTS mode");
        (await ShellAsync("true", "--network", $"container:{donor}", "--expose", "80")).Exits(125).Says("conflicting options: port exposing and the container type network mode");
    }

    [RootTheory]
    [InlineData("none", "1")]
    [InlineData("private", "0")]
    [InlineData("shareable", "0")]
    public async Task Ipc_modes_without_another_container(string mode, string withoutMemory)
    {
        string look = "grep -q ' /dev/shm ' /proc/mounts; echo $?; readlink /proc/self/ns/ipc";

        IReadOnlyList<string> lines = (await ShellAsync(look, "--ipc", mode)).Exits(0).Lines;

        Assert.Equal(withoutMemory, lines[0]);
        Assert.NotEqual(new FileInfo($"/proc/{Daemon.Pid}/ns/ipc").LinkTarget, lines[1]);
    }

    [RootFact]
    public async Task Ipc_of_the_host() =>
        Assert.Equal(new FileInfo($"/proc/{Daemon.Pid}/ns/ipc").LinkTarget, (await ShellAsync("readlink /proc/self/ns/ipc", "--ipc", "host")).Exits(0).Line);

    [RootFact]
    public async Task Uts_of_the_host()
    {
        Assert.Equal(new FileInfo($"/proc/{Daemon.Pid}/ns/uts").LinkTarget, (await ShellAsync("readlink /proc/self/ns/uts", "--uts", "host")).Exits(0).Line);
        Assert.Equal(Environment.MachineName, (await ShellAsync("hostname", "--uts", "host")).Exits(0).Line);
        (await ShellAsync("true", "--uts", "nonsense")).Exits(125).Says("invalid UTS mode");
    }

    [RootFact]
    public async Task Pids_of_another_container()
    {
        string donor = await StartAsync("sleep 4321");

        Assert.Contains("sleep 4321", (await ShellAsync("ps -o args", "--pid", $"container:{donor}")).Exits(0).Stdout, StringComparison.Ordinal);
        Assert.DoesNotContain("sleep 4321", (await ShellAsync("ps -o args")).Exits(0).Stdout, StringComparison.Ordinal);
        (await ShellAsync("true", "--pid", "container:nobody")).Exits(125).Says("No such container: nobody");
    }

    [RootTheory]
    [InlineData("private", false)]
    [InlineData("host", true)]
    public async Task Cgroup_namespace(string mode, bool isHosts)
    {
        string own = new FileInfo($"/proc/{Daemon.Pid}/ns/cgroup").LinkTarget!;

        Assert.Equal(isHosts, own == (await ShellAsync("readlink /proc/self/ns/cgroup", "--cgroupns", mode)).Exits(0).Line);
    }

    private async Task<string> NamespaceAsync(string container, string kind) => (await DockerAsync("exec", container, "readlink", $"/proc/self/ns/{kind}")).Exits(0).Line;
}
