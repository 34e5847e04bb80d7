using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.UserNamespaces;

/// <summary>What the container's root cannot do, for it is nobody to the host, and what cannot be asked for.</summary>
public sealed class BoundaryTests(RemapFixture fixture, ITestOutputHelper output) : RemapTest(fixture, output)
{
    [RootFact]
    public async Task Host_files_are_the_hosts()
    {
        string shared = Path.Combine(Host.Root, "shared");
        (await Command.RunAsync(["sh", "-euc", $"mkdir {shared}; echo secret >{shared}/secret; chmod 600 {shared}/secret; echo x >{shared}/open; mkdir {shared}/theirs; chown 100000:300000 {shared}/theirs"])).Exits(0);

        string all = (await ShellAsync(
            "cat /h/secret; echo x >/h/new; rm /h/open; chown 0 /h/open; chmod 4755 /h/open; cat /h/open; stat -c %u:%g /h/open; echo x >/h/theirs/own; chmod 4755 /h/theirs/own",
            "-v", $"{shared}:/h", "--cap-add", "ALL")).Exits(0).Stdout;

        Assert.Equal("x\n65534:65534\n", all);
        Assert.Equal(["0:0 600", "0:0 644", "100000:300000 4755"], Owners($"{shared}/secret", $"{shared}/open", $"{shared}/theirs/own"));
        Assert.False(File.Exists($"{shared}/new"));
    }

    [RootTheory]
    [InlineData("mknod /tmp/disk b 254 0")]
    [InlineData("mknod /tmp/null c 1 3")]
    [InlineData("mount -t ext4 /dev/vda /mnt")]
    [InlineData("mount -o remount,rw /proc/sys; echo 1 >/proc/sys/vm/drop_caches")]
    [InlineData("echo /tmp/x >/proc/sys/kernel/core_pattern")]
    [InlineData("echo b >/proc/sysrq-trigger")]
    [InlineData("echo -1000 >/proc/self/oom_score_adj")]
    [InlineData("mkdir /sys/fs/cgroup/memory/new")]
    [InlineData("echo a >/sys/fs/cgroup/devices/devices.allow")]
    [InlineData("hwclock -w")]
    [InlineData("dmesg -c")]
    [InlineData("chroot /proc/1/root/../.. test -e /etc/passwd-of-host")]
    public async Task Host_is_out_of_reach_even_with_all_capabilities(string attempt)
    {
        // Without the filter of system calls, and with a say over its masks, the last defence is the user namespace.
        CommandResult result = await ShellAsync($"({attempt}) 2>/dev/null && echo reached; true", "--cap-add", "ALL", "--security-opt", "seccomp=unconfined");

        Assert.Equal("", result.Exits(0).Stdout);
    }

    [RootFact]
    public async Task Privileged_exec_has_rights_in_its_namespaces_only()
    {
        await StartAsync("box");

        CommandResult result = await DockerAsync("exec", "--privileged", "box", "sh", "-c", "awk '/CapEff/{print $2!=0}' /proc/self/status; mknod /tmp/disk b 254 0 2>/dev/null || echo refused");

        Assert.Equal("1\nrefused\n", result.Exits(0).Stdout);
    }

    [RootTheory]
    [InlineData("privileged mode is incompatible with user namespaces.  You must run the container in the host namespace when running privileged mode", "--privileged")]
    [InlineData("cannot share the host's network namespace when user namespaces are enabled", "--network=host")]
    [InlineData("cannot share the host PID namespace when user namespaces are enabled", "--pid=host")]
    [InlineData("cannot share the host's cgroup namespace when user namespaces are enabled", "--cgroupns=host")]
    [InlineData("writable cgroups are not available when user namespaces are enabled", "--security-opt=writable-cgroups=true")]
    public async Task What_takes_the_hosts_root_is_refused_unless_the_host_s_namespace_is_asked_for(string message, string option)
    {
        (await DockerAsync("run", "--rm", option, "busybox", "true")).Exits(125).Says(message);
        Assert.Equal("0 0 4294967295\n", (await ShellAsync("awk '{print $1,$2,$3}' /proc/self/uid_map", option, "--userns=host")).Exits(0).Stdout);
    }

    [RootFact]
    public async Task Who_shares_a_namespace_shares_the_user_namespace()
    {
        await StartAsync("mapped", "--ipc", "shareable");
        await StartAsync("plain", "--userns=host");

        // A link of /proc is told by its text only, which is the same for both.
        Assert.Equal("same\n", (await ShellAsync(
            "[ $(readlink -f /proc/self/ns/user) = $(readlink -f /proc/1/ns/user) ] && echo same; ip addr add 10.1.1.1/32 dev lo", "--cap-add", "NET_ADMIN",
            "--network=container:mapped", "--pid=container:mapped", "--ipc=container:mapped")).Exits(0).Stdout);
        foreach (string kind in (string[])["network", "pid"])
        {
            (await DockerAsync("run", "--rm", $"--{kind}=container:plain", "busybox", "true")).Exits(125).Says("it is in the host's user namespace");
        }

        (await DockerAsync("run", "--rm", "--userns=host", "--network=container:mapped", "--pid=container:mapped", "busybox", "true")).Exits(0);
        await StartAsync("other");
        (await DockerAsync("run", "--rm", "--network=container:mapped", "--pid=container:other", "busybox", "true")).Exits(125).Says("it is in another user namespace");
    }

    [RootTheory]
    [InlineData("no-such-user", "error during uid lookup for \"no-such-user\"")]
    [InlineData("remap:no-such-group", "error during gid lookup for \"no-such-group\"")]
    [InlineData("987654", "uid 987654 has no entry in /etc/passwd")]
    [InlineData("a:b:c", "invalid user/group specification in --userns-remap: \"a:b:c\"")]
    [InlineData("nosubs", "no subuid ranges found for user \"nosubs\"")]
    public async Task Setting_that_cannot_be_used_is_told(string setting, string message)
    {
        CommandResult refused = await RefuseAsync(setting);

        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains(message, refused.Stdout + refused.Stderr);
    }

    /// <summary>A second daemon, with files of its own.</summary>
    private async Task<CommandResult> RefuseAsync(string setting)
    {
        string root = Path.Combine(Host.Root, "second");
        CommandResult result = await Command.RunAsync(Host.InsideAndOwned(
        [
            .. Tree.DaemonCommand, "--data-root", $"{root}/data", "--exec-root", $"{root}/run", "--pidfile", $"{root}.pid", "--config-file", Daemon.ConfigFile,
            "-H", $"unix://{root}.sock", "--cgroup-parent", Host.CgroupParent, "--bridge=none", "--userns-remap", setting,
        ]));
        Directory.Delete(root, recursive: true);
        return result;
    }
}
