using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Isolation;

/// <summary>The root file system, /proc, /sys, /dev as the container sees them.</summary>
public sealed class FilesystemTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    /// <summary>Those that a kernel has: not every one is built with each of them.</summary>
    public static TheoryData<string> KernelSettings => [.. Existing("/proc/sys/kernel/core_pattern", "/proc/sys/vm/drop_caches", "/proc/sysrq-trigger", "/proc/irq/default_smp_affinity")];

    public static TheoryData<string> KernelSecrets => [.. Existing("/proc/kcore", "/proc/keys", "/proc/timer_list", "/proc/interrupts", "/proc/sched_debug", "/proc/latency_stats")];

    [RootTheory]
    [InlineData("/sys")]
    [InlineData("/proc/sys")]
    [InlineData("/proc/irq")]
    [InlineData("/proc/bus")]
    [InlineData("/proc/fs")]
    public async Task Kernel_interfaces_are_read_only(string path) =>
        Assert.Contains("ro", (await ShellAsync($"grep ' {path} ' /proc/mounts")).Exits(0).Line.Split(' ')[3].Split(','));

    [RootTheory]
    [MemberData(nameof(KernelSettings))]
    public async Task Kernel_settings_cannot_be_written(string path) =>
        (await ShellAsync($"echo x > {path}")).Exits(1).Says("read-only file system");

    [RootFact]
    public async Task Cgroups_cannot_be_changed() =>
        Assert.Equal("", (await ShellAsync("for d in /sys/fs/cgroup /sys/fs/cgroup/*/; do mkdir $d/x 2>/dev/null && echo $d; done; true")).Exits(0).Stdout);

    [RootTheory]
    [MemberData(nameof(KernelSecrets))]
    public async Task Masked_files_are_empty(string path) => Assert.Equal("0\n", (await ShellAsync($"wc -c < {path}")).Exits(0).Stdout);

    [RootTheory]
    [InlineData("/proc/acpi")]
    [InlineData("/proc/scsi")]
    [InlineData("/sys/firmware")]
    [InlineData("/sys/devices/virtual/powercap")]
    public async Task Masked_directories_are_empty(string path) =>
        Assert.Equal("0\n", (await ShellAsync($"ls -A {path} 2>/dev/null | wc -l")).Exits(0).Stdout);

    [RootFact]
    public async Task Dev_has_the_usual_nodes()
    {
        string listing = (await ShellAsync("cd /dev; for n in null zero full random urandom tty; do stat -c '%n %a %t:%T' $n; done; for n in fd stdin stdout stderr ptmx; do echo $n $(readlink $n); done; ls -d pts shm mqueue")).Exits(0).Stdout;

        Assert.Equal(
            """
            null 666 1:3
            zero 666 1:5
            full 666 1:7
            random 666 1:8
            urandom 666 1:9
            tty 666 5:0
            fd /proc/self/fd
            stdin /proc/self/fd/0
            stdout /proc/self/fd/1
            stderr /proc/self/fd/2
            ptmx pts/ptmx
            mqueue
            pts
            shm

            """,
            listing);
    }

    [RootTheory]
    [InlineData("/proc", "proc", "nosuid,nodev,noexec")]
    [InlineData("/dev", "tmpfs", "nosuid")]
    [InlineData("/dev/pts", "devpts", "nosuid,noexec")]
    [InlineData("/sys", "sysfs", "ro,nosuid,nodev,noexec")]
    [InlineData("/dev/mqueue", "mqueue", "nosuid,nodev,noexec")]
    [InlineData("/dev/shm", "tmpfs", "nosuid,nodev,noexec")]
    public async Task Mounts_have_Dockers_types_and_flags(string target, string type, string flags)
    {
        string[] fields = (await ShellAsync($"grep ' {target} ' /proc/mounts")).Exits(0).Line.Split(' ');

        Assert.Equal(type, fields[2]);
        Assert.Empty(flags.Split(',').Except(fields[3].Split(',')));
    }

    [RootTheory]
    [InlineData("", "65536")]
    [InlineData("--shm-size=128m", "131072")]
    public async Task Shared_memory_has_its_size(string flag, string kilobytes) =>
        Assert.Equal(kilobytes, (await ShellAsync("df -k /dev/shm | tail -n 1 | awk '{print $2}'", flag.Split(' ', StringSplitOptions.RemoveEmptyEntries))).Exits(0).Line);

    [RootFact]
    public async Task Containers_do_not_see_each_others_files()
    {
        (await ShellAsync("echo mine > /mark")).Exits(0);

        (await ShellAsync("[ -e /mark ]")).Exits(1);
    }

    [RootFact]
    public async Task Files_of_the_machine_cannot_be_seen()
    {
        string mounts = (await ShellAsync("cat /proc/self/mountinfo")).Exits(0).Stdout;

        Assert.DoesNotContain("put_old", mounts, StringComparison.Ordinal);
        (await ShellAsync($"[ -e {Host.Root} ]")).Exits(1);
    }

    [RootFact]
    public async Task Read_only_root()
    {
        (await ShellAsync("touch /x", "--read-only")).Exits(1).Says("read-only file system");
        (await ShellAsync("touch /dev/shm/x /tmp/x", "--read-only", "--tmpfs", "/tmp")).Exits(0);
    }

    [RootFact]
    public async Task Oom_score_is_not_the_daemons() =>
        Assert.Equal("0\n", (await ShellAsync("cat /proc/self/oom_score_adj")).Exits(0).Stdout);

    /// <summary>Keyrings are in no namespace: whoever kept the daemon's would possess the keys in it.</summary>
    [RootFact]
    public async Task Session_keyring_is_the_containers_and_its_execs()
    {
        string[] ids = [await StartAsync("sleep 1000"), await StartAsync("sleep 1000", "-u", "1000", "--init")];
        foreach (string id in ids)
        {
            Assert.Equal(1, Keyrings(id));
            (await DockerAsync("exec", "-d", "-u", "1000", id, "sleep", "1000")).Exits(0);
            (await DockerAsync("exec", "-d", "--privileged", id, "sleep", "1000")).Exits(0);
            Assert.Equal(1, Keyrings(id));
        }

        (await DockerAsync(["rm", "-f", .. ids])).Exits(0);
        await Eventually.HoldsAsync("they are gone", () => ids.All(id => Keyrings(id) == 0));
    }

    [RootFact]
    public async Task Sysctl_is_set_in_the_container_only()
    {
        string before = (await Host.RunAsync("cat", "/proc/sys/net/ipv4/ip_default_ttl")).Line;

        Assert.Equal("77\n", (await ShellAsync("cat /proc/sys/net/ipv4/ip_default_ttl", "--sysctl", "net.ipv4.ip_default_ttl=77")).Exits(0).Stdout);

        Assert.Equal(before, (await Host.RunAsync("cat", "/proc/sys/net/ipv4/ip_default_ttl")).Line);
    }

    private static int Keyrings(string id) => File.ReadAllLines("/proc/keys").Count(line => line.Contains($"keyring   _ses.{id}", StringComparison.Ordinal));

    private static IEnumerable<string> Existing(params string[] paths) => paths.Where(File.Exists);
}
