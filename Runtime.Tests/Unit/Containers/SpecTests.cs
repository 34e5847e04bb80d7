using Rtd.Daemon.Cgroups;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Execution;
using Rtd.Protocol.Spec;
using Rtd.Protocol.Syscalls;
using Rtd.Tests.Unit.Containers.Fakes;

namespace Rtd.Tests.Unit.Containers;

public sealed class SpecTests : IDisposable
{
    private readonly ContainerHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task Defaults_are_dockers()
    {
        string id = await _host.StartAsync();
        ContainerLaunch launch = _host.Execution.Launches.Single();
        ContainerSpec spec = launch.Spec;
        Assert.Equal(
            ["/proc", "/dev", "/sys", "/dev/pts", "/dev/mqueue", "/dev/shm", "/etc/resolv.conf", "/etc/hostname", "/etc/hosts", "/sys/fs/cgroup"],
            spec.Mounts.Select(mount => mount.Destination));
        Assert.Equal("mode=1777,size=67108864", spec.Mounts.Single(mount => mount.Destination == "/dev/shm").Data);
        Assert.Equal(Libc.MS_RDONLY, spec.Mounts.Single(mount => mount.Destination == "/sys").Flags & Libc.MS_RDONLY);
        Assert.Equal(["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty"], spec.Devices.Select(device => device.Path));
        Assert.Contains("/proc/kcore", spec.MaskedPaths);
        Assert.Contains("/proc/sys", spec.ReadonlyPaths);
        Assert.Equal(["PATH=/bin", $"HOSTNAME={id[..12]}"], spec.Process.Environment);
        Assert.Equal((id[..12], "/", "", 0), (spec.Hostname, spec.Process.WorkingDirectory, spec.Process.User, spec.Process.OomScoreAdjust!.Value));
        Assert.Equal([1], spec.Process.SeccompFilter);
        Assert.True(spec.PrivateCgroupNamespace);
        Assert.Equal(
            Libc.CLONE_NEWNS | Libc.CLONE_NEWUTS | Libc.CLONE_NEWIPC | Libc.CLONE_NEWPID | Libc.CLONE_NEWNET,
            launch.CloneFlags);
        Assert.False(launch.OpenStdin);
        Assert.Equal($"/rtd/{id}", launch.Cgroup.Path);
    }

    [Fact]
    public async Task Users_mounts_replace_ours_and_are_sorted_by_depth()
    {
        await _host.StartAsync(host: host =>
        {
            host.Binds = ["/srv/deep:/a/b/c", "/srv:/a:ro", "/tmp:/dev/shm", "/etc/hosts:/etc/hosts", "/srv:/s:private"];
            host.Tmpfs = new() { ["/run"] = "exec,size=1m" };
        });
        IReadOnlyList<MountSpec> mounts = _host.Execution.Spec.Mounts;
        List<string> order = [.. mounts.Select(mount => mount.Destination)];
        Assert.True(order.IndexOf("/a") < order.IndexOf("/a/b/c"));
        Assert.Equal(order.Count, order.Distinct().Count());
        Assert.Equal(MountKind.Bind, mounts.Single(mount => mount.Destination == "/dev/shm").Kind);
        Assert.Equal("/etc/hosts", mounts.Single(mount => mount.Destination == "/etc/hosts").Source);
        MountSpec readOnly = mounts.Single(mount => mount.Destination == "/a");
        Assert.Equal((Libc.MS_RDONLY, 0UL, true), (readOnly.Flags, readOnly.Propagation, readOnly.Recursive));
        Assert.Equal(Libc.MS_PRIVATE, mounts.Single(mount => mount.Destination == "/s").Propagation);
        Assert.Equal(0UL, _host.Execution.Spec.RootfsPropagation);
        MountSpec tmpfs = mounts.Single(mount => mount.Destination == "/run");
        Assert.Equal((MountKind.Tmpfs, Libc.MS_NOSUID | Libc.MS_NODEV, "size=1m"), (tmpfs.Kind, tmpfs.Flags, tmpfs.Data));
        Assert.True(Directory.Exists("/srv"));
    }

    [Fact]
    public async Task Dev_of_the_users_own_gets_nothing_of_ours()
    {
        await _host.StartAsync(host: host => host.Binds = ["/dev:/dev"]);
        Assert.Empty(_host.Execution.Spec.Devices);
        Assert.Equal(["/dev"], _host.Execution.Spec.Mounts.Select(mount => mount.Destination).Where(path => path.StartsWith("/dev", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Missing_bind_source_is_made_for_v_and_refused_for_mount()
    {
        string missing = Path.Combine(_host.DataRoot, "made", "here");
        await _host.StartAsync(host: host => host.Binds = [$"{missing}:/x"]);
        Assert.True(Directory.Exists(missing));

        string id = await _host.CreateAsync(host: host => host.Mounts = [new() { Type = "bind", Source = missing, Target = "/x" }]);
        Directory.Delete(missing);
        EngineException error = await Assert.ThrowsAsync<EngineException>(() => _host.Service.StartAsync(id));
        Assert.Equal($"invalid mount config for type \"bind\": bind source path does not exist: {missing}", error.Message);
    }

    [Fact]
    public async Task Privileged_is_unconfined()
    {
        await _host.StartAsync(host: host => host.Privileged = true);
        ContainerSpec spec = _host.Execution.Spec;
        Assert.Empty(spec.MaskedPaths);
        Assert.Empty(spec.ReadonlyPaths);
        Assert.Empty(spec.Process.SeccompFilter);
        Assert.Equal(0UL, spec.Mounts.Single(mount => mount.Destination == "/sys").Flags & Libc.MS_RDONLY);
        Assert.Equal(0UL, spec.Mounts.Single(mount => mount.Destination == "/sys/fs/cgroup").Flags & Libc.MS_RDONLY);
        Assert.Null(_host.Cgroups.Existing.Values.Single().Resources!.DeviceRules);
        Assert.Contains(spec.Devices, device => device.Path == "/dev/null");
    }

    [Fact]
    public async Task Limits_reach_the_cgroup()
    {
        await _host.StartAsync(host: host =>
        {
            (host.Memory, host.NanoCpus, host.PidsLimit, host.CpusetCpus) = (64 << 20, 500_000_000, 10, "0");
            host.Devices = [new() { PathOnHost = "/dev/null", PathInContainer = "/dev/mynull", CgroupPermissions = "r" }];
            host.Ulimits = [new() { Name = "nofile", Soft = 10, Hard = -1 }];
        });
        CgroupResources resources = _host.Cgroups.Existing.Values.Single().Resources!;
        Assert.Equal((64L << 20, 128L << 20, 50_000L, 100_000L, 10L, "0"), (resources.Memory, resources.MemorySwap, resources.CpuQuota, resources.CpuPeriod, resources.PidsLimit, resources.CpusetCpus));
        Assert.Equal(new DeviceRule(false, 'a', null, null, "rwm"), resources.DeviceRules![0]);
        Assert.Equal(new DeviceRule(true, 'c', 1, 3, "r"), resources.DeviceRules[^1]);
        Assert.Equal(("/dev/mynull", 'c', 1u, 3u), _host.Execution.Spec.Devices.Where(device => device.Path == "/dev/mynull").Select(device => (device.Path, device.Type, device.Major, device.Minor)).Single());
        Assert.Equal(new RlimitSpec(7, 10, ulong.MaxValue), Assert.Single(_host.Execution.Spec.Process.Rlimits));
    }

    [Fact]
    public async Task Device_that_is_not_there_fails_the_start_clearly()
    {
        string id = await _host.CreateAsync(host: host => host.Devices = [new() { PathOnHost = "/dev/nonsense" }]);
        EngineException error = await Assert.ThrowsAsync<EngineException>(() => _host.Service.StartAsync(id));
        Assert.Equal("error gathering device information while adding custom device \"/dev/nonsense\": no such file or directory", error.Message);
        Assert.Empty(_host.Networks.Held);
    }

    [Theory]
    [InlineData("none", true)]
    [InlineData("host", false)]
    public async Task Network_modes_without_an_endpoint(string mode, bool own)
    {
        await _host.StartAsync(host: host => host.NetworkMode = mode);
        ContainerLaunch launch = _host.Execution.Launches.Single();
        Assert.Empty(_host.Networks.Requests);
        Assert.Equal(own, (launch.CloneFlags & Libc.CLONE_NEWNET) != 0);
        NetworkState state = await launch.ConnectNetwork(1, CancellationToken.None);
        Assert.Same(own ? NetworkState.LoopbackOnly : NetworkState.Foreign, state);
        Assert.Equal(own, launch.Spec.Sysctls.Any(sysctl => sysctl.Name == "net.ipv4.ip_unprivileged_port_start"));
    }

    [Fact]
    public async Task Network_of_a_stopped_container_cannot_be_joined()
    {
        string target = await _host.CreateAsync("target");
        string id = await _host.CreateAsync(host: host => host.NetworkMode = "container:target");
        EngineException error = await Assert.ThrowsAsync<EngineException>(() => _host.Service.StartAsync(id));
        Assert.Equal((ErrorKind.Conflict, $"cannot join network of a non running container: {target}"), (error.Kind, error.Message));
        Assert.Equal(_host.Service.Get("target").Record.Config.Hostname, _host.Service.Get(id).Record.Config.Hostname);
    }

    [Fact]
    public async Task Published_ports_are_asked_for_and_shown()
    {
        string id = await _host.StartAsync(
            config: config => config.ExposedPorts = new() { ["443/tcp"] = new(), ["53/udp"] = new() },
            host: host => host.PortBindings = new() { ["80/tcp"] = [new() { HostIp = "127.0.0.1", Port = "8080" }], ["53/udp"] = [new()] });
        Assert.Equal(
            [("tcp", 80, "127.0.0.1", 8080), ("udp", 53, (string?)null, 0)],
            _host.Networks.Requests.Single().Ports.Select(port => (port.Protocol, port.ContainerPort, port.HostAddress?.ToString(), port.HostPort)));
        Rtd.Daemon.Api.Models.NetworkSettings settings = _host.Service.Inspect(id, withSize: false).NetworkSettings;
        Assert.Equal("8080", settings.Ports["80/tcp"]![0].Port);
        Assert.Equal("32768", settings.Ports["53/udp"]![0].Port);
        Assert.Null(settings.Ports["443/tcp"]);
        Assert.Equal(("172.17.0.2", "172.17.0.2"), (settings.IPAddress, settings.Networks["bridge"].IPAddress));
    }

    [Fact]
    public async Task Network_files_are_written()
    {
        File.WriteAllText(_host.Defaults.HostResolvConf, "nameserver 127.0.0.53\nsearch lan\noptions edns0\n");
        File.WriteAllText(_host.Defaults.ResolvedResolvConf, "nameserver 10.0.0.1\nnameserver ::1\nsearch lan\n");
        string id = await _host.StartAsync(
            config: config => (config.Hostname, config.Domainname) = ("web", "example.org"),
            host: host => host.ExtraHosts = ["db:10.1.1.1", "six=2001:db8::1", "gw:host-gateway"]);
        Assert.Equal("web\n", File.ReadAllText(Path.Combine(_host.DirectoryOf(id), "hostname")));
        string[] hosts = File.ReadAllLines(Path.Combine(_host.DirectoryOf(id), "hosts"));
        Assert.Contains("127.0.0.1\tlocalhost", hosts);
        Assert.Contains("10.1.1.1\tdb", hosts);
        Assert.Contains("2001:db8::1\tsix", hosts);
        Assert.Contains("172.17.0.1\tgw", hosts);
        Assert.Contains("172.17.0.2\tweb.example.org web", hosts);
        string[] resolv = File.ReadAllLines(Path.Combine(_host.DirectoryOf(id), "resolv.conf"));
        Assert.Equal(["nameserver 10.0.0.1", "search lan"], resolv.Where(line => !line.StartsWith('#')));
    }

    [Fact]
    public async Task Dns_settings_replace_the_hosts()
    {
        File.WriteAllText(_host.Defaults.HostResolvConf, "nameserver 10.0.0.1\nsearch lan\n");
        string id = await _host.StartAsync(host: host => (host.Dns, host.DnsSearch, host.DnsOptions) = (["9.9.9.9"], ["."], ["ndots:2"]));
        string[] resolv = File.ReadAllLines(Path.Combine(_host.DirectoryOf(id), "resolv.conf"));
        Assert.Equal(["nameserver 9.9.9.9", "options ndots:2"], resolv.Where(line => !line.StartsWith('#')));
    }

    [Fact]
    public async Task Without_usable_servers_public_ones_are_used()
    {
        File.WriteAllText(_host.Defaults.HostResolvConf, "nameserver 127.0.0.1\n");
        string id = await _host.StartAsync();
        Assert.Contains("nameserver 8.8.8.8\n", File.ReadAllText(Path.Combine(_host.DirectoryOf(id), "resolv.conf")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sysctls_may_be_written_with_slashes()
    {
        await _host.StartAsync(host: host => host.Sysctls = new() { ["net/ipv4/conf/eth0.1/forwarding"] = "1", ["net.ipv4.ip_unprivileged_port_start"] = "80" });
        Assert.Contains(new SysctlSpec("net.ipv4.conf.eth0/1.forwarding", "1"), _host.Execution.Spec.Sysctls);
        Assert.Contains(new SysctlSpec("net.ipv4.ip_unprivileged_port_start", "80"), _host.Execution.Spec.Sysctls);
    }
}
