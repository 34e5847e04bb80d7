using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.Security.Escapes;

/// <summary>Ways out by way of the kernel's own file systems, with and without capabilities that come near.</summary>
public sealed class KernelInterfaceTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    /// <summary>CVE-2022-0492 (release_agent) and CVE-2023-25809 (a cgroup file system that can be written), also by an exec and where the host's namespace is shared.</summary>
    [RootTheory]
    [InlineData("")]
    [InlineData("--cgroupns=host")]
    [InlineData("--cgroupns=private")]
    [InlineData("--user=0 --cap-add=DAC_OVERRIDE")]
    public async Task Cgroups_cannot_be_written(string options)
    {
        const string Try = """
            for d in /sys/fs/cgroup /sys/fs/cgroup/*; do
              [ -d $d ] || continue
              mkdir $d/made 2>/dev/null && echo made $d
              for f in release_agent notify_on_release cgroup.procs cgroup.subtree_control devices.allow memory.limit_in_bytes memory.max; do
                [ -e $d/$f ] && (echo 1 >$d/$f) 2>/dev/null && echo wrote $d/$f
              done
            done
            mount -t cgroup none /mnt 2>/dev/null && echo mounted
            mount -t cgroup -o memory none /mnt 2>/dev/null && echo mounted memory
            mount -t cgroup2 none /mnt 2>/dev/null && echo mounted v2
            mount -o remount,rw /sys/fs/cgroup 2>/dev/null && echo remounted
            unshare -C true 2>/dev/null && echo unshared
            unshare -UrmC true 2>/dev/null && echo unshared as root
            true
            """;
        string[] given = options.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string id = await StartAsync("sleep 1000", given);

        Assert.Equal("", (await ShellAsync(Try, given)).Exits(0).Stdout);
        Assert.Equal("", (await DockerAsync("exec", id, "sh", "-c", Try)).Exits(0).Stdout);
    }

    /// <summary>GHSA-jq35-85cj-fj4p (power use), GHSA-6fw5-f8r9-fgfm (interrupts, throttling by heat): what tells of others' secrets.</summary>
    [RootFact]
    public async Task Side_channels_are_masked()
    {
        const string Look = """
            find /sys/devices/virtual/powercap /sys/class/powercap/ -name 'energy_uj' 2>/dev/null
            cat /proc/interrupts 2>/dev/null
            cat /sys/devices/system/cpu/cpu0/thermal_throttle/* 2>/dev/null
            cat /proc/kcore /proc/keys /proc/timer_list /proc/latency_stats /proc/sched_debug 2>/dev/null | head -c 1
            ls /sys/firmware /proc/acpi /proc/scsi /proc/asound 2>/dev/null | grep -v ':$'
            true
            """;

        Assert.Equal("", (await ShellAsync(Look)).Exits(0).Stdout.Trim());
    }

    /// <summary>CVE-2025-52881: what is written as a sysctl lands in a namespace of the container's, whatever its name.</summary>
    [RootTheory]
    [InlineData("kernel.core_pattern")]
    [InlineData("net/../kernel/core_pattern")]
    [InlineData("net.../kernel.core_pattern")]
    [InlineData("net.ipv4.../../../sysrq-trigger")]
    [InlineData("kernel.shmmax/../core_pattern")]
    [InlineData("kernel.dmesg_restrict")]
    [InlineData("vm.swappiness")]
    [InlineData("fs.suid_dumpable")]
    public async Task Sysctl_of_the_host_cannot_be_named(string name)
    {
        // By the API, since docker's command refuses such names itself.
        using HttpResponseMessage answer = await Api.PostJsonAsync("/containers/create", new { Image = "busybox", HostConfig = new { Sysctls = new Dictionary<string, string> { [name] = "1" } } });

        Assert.Contains("sysctl", await EngineApi.ErrorAsync(answer, 400));
    }

    /// <summary>What the host's root may write in /proc is read-only, for there a container's root is the host's.</summary>
    [RootTheory]
    [InlineData("/proc/sys/kernel/core_pattern")]
    [InlineData("/proc/sysrq-trigger")]
    [InlineData("/proc/irq/default_smp_affinity")]
    [InlineData("/sys/kernel/mm/transparent_hugepage/enabled")]
    public async Task Settings_of_the_kernel_cannot_be_opened_to_write(string file)
    {
        // Opened only: nothing is written should it succeed.
        string script = $"( : >>{file} ) 2>/dev/null && echo opened; true";
        string id = await StartAsync("sleep 1000");

        Assert.Equal("", (await ShellAsync(script)).Exits(0).Stdout);
        Assert.Equal("", (await DockerAsync("exec", id, "sh", "-c", script)).Exits(0).Stdout);
    }

    /// <summary>Fds and namespaces of the daemon that could stay open in a container; all that the container has is its own.</summary>
    [RootTheory]
    [InlineData("")]
    [InlineData("-t")]
    [InlineData("-i")]
    [InlineData("--init")]
    public async Task Nothing_of_the_daemon_stays_open(string option)
    {
        const string Look = """
            for p in /proc/[0-9]*; do
              for f in $p/fd/*; do
                t=$(readlink $f)
                case "$t" in pipe:*|/dev/null|/dev/pts/*|/dev/tty|/proc/*|'') ;; *) echo "$p: $t" ;; esac
              done
            done
            tr '\0' '\n' </proc/1/environ | grep -E 'RTD|NOTIFY|LISTEN'
            for n in cgroup ipc mnt net pid uts; do echo $n $(readlink /proc/self/ns/$n); done
            """;
        string[] given = option.Length > 0 ? [option] : [];
        string id = (await DockerAsync(["run", "-d", .. given, "busybox", "sh", "-c", $"{Look} >/tmp/found; sleep 1000"])).Exits(0).Line;
        await Eventually.HoldsAsync("it has looked", async () => (await DockerAsync("exec", id, "sh", "-c", "grep -q ^uts /tmp/found")).ExitCode == 0);

        IReadOnlyList<string> found = (await DockerAsync("exec", id, "cat", "/tmp/found")).Exits(0).Lines;

        string[] kinds = ["cgroup", "ipc", "mnt", "net", "pid", "uts"];
        Assert.Equal(kinds, found.Select(line => line.Split(' ')[0]));
        foreach ((string kind, string line) in kinds.Zip(found))
        {
            Assert.NotEqual($"{kind} {new FileInfo($"/proc/{Daemon.Pid}/ns/{kind}").LinkTarget}", line);
        }
    }
}
