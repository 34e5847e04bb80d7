using Newtonsoft.Json.Linq;
using Rtd.Daemon.Api;
using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Volumes;
using Rtd.Tests.Unit.Containers.Fakes;

namespace Rtd.Tests.Unit.Containers;

public sealed class CreateTests : IDisposable
{
    private readonly ContainerHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task Image_fills_what_the_client_leaves_open()
    {
        _host.Images.Config.Entrypoint = ["/entry"];
        _host.Images.Config.Cmd = ["default"];
        _host.Images.Config.WorkingDir = "/work";
        _host.Images.Config.Labels = new() { ["a"] = "image", ["b"] = "image" };
        string id = await _host.CreateAsync("web", config =>
        {
            config.Env = ["X=1"];
            config.Labels = new() { ["a"] = "own" };
        });

        ContainerRecord record = _host.Service.Get(id).Record;
        Assert.Equal(["/entry", "default"], record.Command);
        Assert.Equal("/work", record.Config.WorkingDir);
        Assert.Equal(["X=1", "PATH=/bin"], record.Config.Env);
        Assert.Equal(("own", "image"), (record.Config.Labels!["a"], record.Config.Labels["b"]));
        Assert.Equal(id[..12], record.Config.Hostname);
        Assert.Equal("web", record.Name);
        Assert.Equal(["create"], _host.Events.ContainerActions);
    }

    [Fact]
    public async Task Own_entry_point_does_not_take_the_images_arguments()
    {
        _host.Images.Config.Entrypoint = ["/entry"];
        string id = await _host.CreateAsync(config: config => config.Entrypoint = ["/mine"]);
        Assert.Equal(["/mine"], _host.Service.Get(id).Record.Command);
    }

    [Fact]
    public async Task Empty_entry_point_takes_the_images_away()
    {
        _host.Images.Config.Entrypoint = ["/entry"];
        string id = await _host.CreateAsync(config: config => (config.Entrypoint, config.Cmd) = ([""], ["ls"]));
        Assert.Equal(["ls"], _host.Service.Get(id).Record.Command);
    }

    [Fact]
    public async Task Name_in_use_is_a_conflict_in_dockers_words()
    {
        string id = await _host.CreateAsync("web");
        EngineException error = await Assert.ThrowsAsync<EngineException>(() => _host.CreateAsync("web"));
        Assert.Equal(ErrorKind.Conflict, error.Kind);
        Assert.Equal(
            $"Conflict. The container name \"/web\" is already in use by container \"{id}\". You have to remove (or rename) that container to be able to reuse that name.",
            error.Message);
    }

    [Fact]
    public async Task Failed_create_leaves_nothing()
    {
        _host.Layers.CopyUpFailure = new IOException("disk");
        await Assert.ThrowsAsync<IOException>(() => _host.CreateAsync("web", config => config.Volumes = new() { ["/data"] = new() }));

        Assert.Empty(_host.Layers.Existing);
        Assert.Empty(_host.Volumes.All);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(_host.DataRoot, "containers")));
        _host.Layers.CopyUpFailure = null;
        await _host.CreateAsync("web");
    }

    [Fact]
    public async Task Unknown_image_is_not_found()
    {
        EngineException error = await Assert.ThrowsAsync<EngineException>(() => _host.CreateAsync(config: config => config.Image = "none"));
        Assert.Equal((ErrorKind.NotFound, "No such image: none:latest"), (error.Kind, error.Message));
    }

    [Fact]
    public async Task Platform_that_the_image_lacks_is_not_found()
    {
        ContainerCreateRequest request = new();
        request.Config.Image = "busybox";
        EngineException error = await Assert.ThrowsAsync<EngineException>(() => _host.Service.CreateAsync(null, "linux/arm64", request));
        Assert.Equal(ErrorKind.NotFound, error.Kind);
    }

    [Fact]
    public async Task Image_volume_is_anonymous_and_starts_with_the_images_content()
    {
        string id = await _host.CreateAsync(config: config => config.Volumes = new() { ["/data/../data/"] = new() });
        MountPoint mount = Assert.Single(_host.Service.Get(id).Record.Mounts);
        Assert.Equal(("/data", true), (mount.Destination, mount.Anonymous));
        Assert.Equal("/data", File.ReadAllText(Path.Combine(mount.Source, "from-image")));
        Assert.True(_host.Volumes.Get(mount.Name).Anonymous);
    }

    [Fact]
    public async Task Filled_volume_is_not_filled_again()
    {
        await _host.CreateAsync(host: host => host.Binds = ["named:/a"]);
        await _host.CreateAsync(host: host => host.Binds = ["named:/b", "other:/c:nocopy"]);
        Assert.Equal(["/a"], _host.Layers.CopiedUp);
    }

    [Fact]
    public async Task Volumes_from_takes_over_mounts_read_only_when_asked()
    {
        await _host.CreateAsync("first", host: host => host.Binds = ["named:/a", "/srv:/b:ro"]);
        string id = await _host.CreateAsync(host: host => (host.VolumesFrom, host.Binds) = (["first:ro"], ["/etc:/b"]));
        Assert.Equal(
            [("/a", "named", false), ("/b", "", true)],
            _host.Service.Get(id).Record.Mounts.Select(mount => (mount.Destination, mount.Name, mount.Writable)).Order());
    }

    public static TheoryData<string, string> RefusedHostConfigs => new()
    {
        { """{"SecurityOpt": ["seccomp={}"]}""", "invalid seccomp profile: it has no defaultAction" },
        { """{"Mounts": [{"Type": "volume", "Source": "vol", "Target": "/b", "VolumeOptions": {"Subpath": "a/../../b"}}]}""", "invalid mount config for type \"volume\": subpath must be a relative path within the volume" },
        { """{"Memory": 1000}""", "Minimum memory limit allowed is 6MB" },
        { """{"Memory": 8000000, "MemorySwap": 7000000}""", "Minimum memoryswap limit should be larger than memory limit, see usage" },
        { """{"MemorySwap": 7000000}""", "You should always set the Memory limit when using Memoryswap limit, see usage" },
        { """{"NanoCpus": 1000000000, "CpuQuota": 5000}""", "Conflicting options: Nano CPUs and CPU Quota cannot both be set" },
        { """{"CpuPeriod": 10}""", "CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)" },
        { """{"CpusetCpus": "0-2147483647"}""", "Requested CPUs are not available - requested 0-2147483647, available: 0-3" },
        { """{"CpusetCpus": "2-1"}""", "Invalid value 2-1 for cpuset cpus" },
        { """{"Ulimits": [{"Name": "nofile", "Soft": 2, "Hard": 1}]}""", "ulimit soft limit must be less than or equal to hard limit: 2 > 1" },
        { """{"Ulimits": [{"Name": "nonsense", "Soft": 1, "Hard": 1}]}""", "invalid ulimit type: nonsense" },
        { """{"Mounts": [{"Type": "volume", "Source": "vol", "Target": "/b", "VolumeOptions": {"DriverConfig": {"Options": {"type": "nfs"}}}}]}""", "create vol: missing required option: \"device\"" },
        { """{"Mounts": [{"Type": "image", "Source": "none", "Target": "/b"}]}""", "invalid mount config for type \"image\": No such image: none:latest" },
        { """{"Mounts": [{"Type": "image", "Source": "busybox", "Target": "/b", "ImageOptions": {"Subpath": "/a"}}]}""", "invalid mount config for type \"image\": subpath must be a relative path within the image" },
        { """{"VolumesFrom": ["nobody"]}""", "No such container: nobody" },
        { """{"Binds": ["/a:/b:/c:/d"]}""", "invalid volume specification: '/a:/b:/c:/d'" },
        { """{"Binds": ["/a:b"]}""", "invalid volume specification: '/a:b': invalid mount path: 'b' mount path must be absolute" },
        { """{"Binds": ["/a:/b:nonsense"]}""", "invalid volume specification: '/a:/b:nonsense': invalid mode: nonsense" },
        { """{"Binds": ["/a:/b:ro,rw"]}""", "invalid volume specification: '/a:/b:ro,rw': invalid mode: ro,rw" },
        { """{"Binds": ["/a:/b:z,ro,Z"]}""", "invalid volume specification: '/a:/b:z,ro,Z': invalid mode: z,ro,Z" },
        { """{"Mounts": [{"Type": "volume", "Target": "/b", "VolumeOptions": {"Subpath": "a"}}]}""", "invalid mount config for type \"volume\": must not set Subpath when using anonymous volumes" },
        { """{"Binds": ["/a:/"]}""", "invalid volume specification: '/a:/': invalid specification: destination can't be '/'" },
        { """{"Binds": ["/a:/proc/sys"]}""", "invalid volume specification: '/a:/proc/sys': \"/proc/sys\" cannot be mounted because it is inside /proc" },
        { """{"Binds": ["/a:/x/../proc"]}""", "invalid volume specification: '/a:/x/../proc': \"/proc\" cannot be mounted because it is inside /proc" },
        { """{"Binds": ["/a:/b", "/c:/b/"]}""", "Duplicate mount point: /b" },
        { """{"Binds": ["bad/name:/b"]}""", "create bad/name: \"bad/name\" includes invalid characters for a local volume name, only \"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed. If you intended to pass a host directory, use absolute path" },
        { """{"Mounts": [{"Type": "bind", "Source": "/no/such/path", "Target": "/b"}]}""", "invalid mount config for type \"bind\": bind source path does not exist: /no/such/path" },
        { """{"Mounts": [{"Type": "bind", "Target": "/b"}]}""", "invalid mount config for type \"bind\": field Source must not be empty" },
        { """{"Mounts": [{"Type": "what", "Target": "/b"}]}""", "invalid mount config for type \"what\": mount type unknown" },
        { """{"Mounts": [{"Type": "tmpfs", "Source": "/a", "Target": "/b"}]}""", "invalid mount config for type \"tmpfs\": field Source must not be specified" },
        { """{"Tmpfs": {"/run": "suid,oops"}}""", "invalid tmpfs option [\"oops\"]" },
        { """{"Tmpfs": {"/proc": ""}}""", "invalid mount config for type \"tmpfs\": \"/proc\" cannot be mounted because it is inside /proc" },
        { """{"RestartPolicy": {"Name": "sometimes"}}""", "invalid restart policy: unknown policy 'sometimes'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'" },
        { """{"RestartPolicy": {"Name": "always", "MaximumRetryCount": 2}}""", "invalid restart policy: maximum retry count can only be used with 'on-failure'" },
        { """{"AutoRemove": true, "RestartPolicy": {"Name": "always"}}""", "can't create 'AutoRemove' container with restart policy" },
        { """{"CapAdd": ["NONSENSE"]}""", "invalid CapAdd: unknown capability: \"CAP_NONSENSE\"" },
        { """{"SecurityOpt": ["apparmor=a b"]}""", "invalid --security-opt 2: \"apparmor=a b\"" },
        { """{"SecurityOpt": ["label=nonsense"]}""", "invalid --security-opt 2: \"label=nonsense\"" },
        { """{"IpcMode": "container:"}""", "invalid IPC mode: container:" },
        { """{"BlkioWeightDevice": [{"Path": "/dev/sda", "Weight": 5000}]}""", "Range of blkio weight is from 10 to 1000" },
        { """{"Mounts": [{"Type": "cluster", "Source": "x", "Target": "/b"}]}""", "mounts of type \"cluster\" are not supported" },
        { """{"SecurityOpt": ["nonsense"]}""", "invalid --security-opt 1: \"nonsense\"" },
        { """{"Sysctls": {"kernel.core_pattern": "x"}}""", "sysctl \"kernel.core_pattern\" is not in a separate kernel namespace" },
        { """{"NetworkMode": "host", "Sysctls": {"net.ipv4.ip_forward": "1"}}""", "sysctl \"net.ipv4.ip_forward\" not allowed in host network namespace" },
        { """{"Sysctls": {"net/../kernel/core_pattern": "x"}}""", "invalid sysctl: net/../kernel/core_pattern" },
        { """{"PortBindings": {"80/what": [{}]}}""", "invalid port specification: \"80/what\": invalid protocol: what" },
        { """{"PortBindings": {"80/tcp": [{"HostPort": "70000"}]}}""", "invalid port specification: \"70000\"" },
        { """{"PortBindings": {"80/tcp": [{"HostIp": "nowhere"}]}}""", "invalid IP address: nowhere" },
        { """{"Dns": ["nowhere"]}""", "invalid IP address: nowhere" },
        { """{"ExtraHosts": ["a b:1.2.3.4"]}""", "invalid extra host: \"a b:1.2.3.4\"" },
        { """{"Runtime": "kata"}""", "unknown or invalid runtime name: kata" },
        { """{"LogConfig": {"Type": "splunk"}}""", "logger: no log driver named 'splunk' is registered" },
        { """{"ShmSize": -1}""", "SHM size can not be less than 0" },
        { """{"OomScoreAdj": 2000}""", "Invalid value 2000, range for oom score adj is [-1000, 1000]" },
        { """{"CgroupParent": "/../x"}""", "invalid cgroup parent: /../x" },
        { """{"PidMode": "nonsense"}""", "invalid PID mode: nonsense" },
        { """{"NetworkMode": "container:"}""", "invalid container format container:<name|id>" },
        { """{"NetworkMode": "container:x", "PortBindings": {"80/tcp": [{}]}}""", "conflicting options: port publishing and the container type network mode" },
        { """{"DeviceRequests": [{"Driver": "", "Count": -1, "Capabilities": [["gpu"]]}]}""", "could not select device driver \"\" with capabilities: [[gpu]]" },
        { """{"DeviceCgroupRules": ["c 1:3"]}""", "invalid device cgroup rule format: 'c 1:3'" },
    };

    [Theory]
    [MemberData(nameof(RefusedHostConfigs))]
    public async Task Host_config_is_refused_in_dockers_words(string hostConfig, string message)
    {
        JObject body = new() { ["Image"] = "busybox", ["HostConfig"] = JObject.Parse(hostConfig) };
        ContainerCreateRequest request = Json.Decode<ContainerCreateRequest>(System.Text.Encoding.UTF8.GetBytes(body.ToString()));
        EngineException error = await Assert.ThrowsAsync<EngineException>(() => _host.Service.CreateAsync(null, null, request));
        Assert.Equal((ErrorKind.InvalidParameter, message), (error.Kind, error.Message));
        Assert.Empty(_host.Layers.Existing);
        Assert.Empty(_host.Volumes.All);
    }

    [Fact]
    public async Task Options_of_the_storage_driver_reach_the_layer()
    {
        ContainerCreateRequest request = Json.Decode<ContainerCreateRequest>("""{"Image": "busybox", "HostConfig": {"StorageOpt": {"size": "1G"}}}"""u8.ToArray());
        await _host.Service.CreateAsync(null, null, request);
        Assert.Equal(["size=1G"], _host.Layers.Options);
    }

    public static TheoryData<string, string> RefusedConfigs => new()
    {
        { """{"WorkingDir": "relative"}""", "the working directory 'relative' is invalid, it needs to be an absolute path" },
        { """{"Hostname": "a b"}""", "invalid hostname format: a b" },
        { """{"Hostname": "x\n1.2.3.4 evil"}""", "invalid hostname format: x\n1.2.3.4 evil" },
        { """{"Env": ["=x"]}""", "invalid environment variable: =x" },
        { """{"StopSignal": "SIGFOO"}""", "invalid signal: SIGFOO" },
        { """{"ExposedPorts": {"0/tcp": {}}}""", "invalid port specification: \"0/tcp\"" },
        { """{"Volumes": {"/proc": {}}}""", "invalid volume specification: '/proc': \"/proc\" cannot be mounted because it is inside /proc" },
        { """{"Volumes": {"/sys": {}}}""", "invalid volume specification: '/sys': \"/sys\" cannot be covered" },
        { """{"MacAddress": "nonsense"}""", "invalid MAC address: nonsense" },
        { """{"Cmd": ["a\u0000b"]}""", "a command, user or working directory cannot contain a NUL byte" },
    };

    [Theory]
    [MemberData(nameof(RefusedConfigs))]
    public async Task Config_is_refused_in_dockers_words(string config, string message)
    {
        JObject body = JObject.Parse(config);
        body["Image"] = "busybox";
        ContainerCreateRequest request = Json.Decode<ContainerCreateRequest>(System.Text.Encoding.UTF8.GetBytes(body.ToString()));
        EngineException error = await Assert.ThrowsAsync<EngineException>(() => _host.Service.CreateAsync(null, null, request));
        Assert.Equal((ErrorKind.InvalidParameter, message), (error.Kind, error.Message));
        Assert.Empty(_host.Layers.Existing);
    }

    [Fact]
    public async Task No_command_is_refused()
    {
        _host.Images.Config.Cmd = null;
        EngineException error = await Assert.ThrowsAsync<EngineException>(() => _host.CreateAsync());
        Assert.Equal("no command specified", error.Message);
    }

    [Fact]
    public async Task Limit_that_the_host_cannot_set_is_discarded_with_a_warning()
    {
        _host.Cgroups.Features = _host.Cgroups.Features with { SwapLimit = false };
        await _host.RestartAsync();
        ContainerCreateRequest request = new();
        request.Config.Image = "busybox";
        request.HostConfig.Memory = 64 << 20;
        ContainerCreateResponse response = await _host.Service.CreateAsync(null, null, request);
        Assert.Equal(["Your kernel does not support swap limit capabilities or the cgroup is not mounted. Memory limited without swap."], response.Warnings);
        Assert.Equal(-1, _host.Service.Get(response.Id).Record.HostConfig.MemorySwap);
    }

    [Fact]
    public void Nulls_count_as_absent_and_dates_stay_words()
    {
        ContainerCreateRequest request = Json.Decode<ContainerCreateRequest>(
            """{"Image": "busybox", "Tty": null, "Cmd": ["2020-01-01T00:00:00Z"], "HostConfig": {"Memory": null, "Unknown": {"a": [1]}, "CapAdd": "KILL"}, "NetworkingConfig": null}"""u8);
        Assert.Equal(["2020-01-01T00:00:00Z"], request.Config.Cmd);
        Assert.Equal(["KILL"], request.HostConfig.CapAdd);
        Assert.Equal(0, request.HostConfig.Memory);
    }

    [Fact]
    public async Task Removed_volumes_name_is_free_and_users_keep_it()
    {
        string id = await _host.CreateAsync(host: host => host.Binds = ["named:/a"]);
        EngineException busy = await Assert.ThrowsAsync<EngineException>(() => _host.Volumes.RemoveAsync("named", force: true));
        Assert.Equal((ErrorKind.Conflict, $"remove named: volume is in use - [{id}]"), (busy.Kind, busy.Message));
        await _host.Service.RemoveAsync(id, force: false, removeVolumes: true);
        await _host.Volumes.RemoveAsync("named", force: false);
        Assert.Empty(_host.Volumes.All);
    }
}
