using System.Globalization;
using Newtonsoft.Json.Linq;

namespace Rtd.Tests.Integration.Security.HostConfigs;

/// <summary>
/// Random bodies for create and update, the same ones for the same seed: a few fields each, of which some are in range, some at its edges and some far
/// outside, and a few of another JSON type. What would change the machine (cgroup parents, sources of binds) stays inside the test's own places.
/// </summary>
/// <param name="seed">What everything follows from.</param>
/// <param name="directory">Where sources of binds are.</param>
/// <param name="cgroupParent">A cgroup below which further ones may be made.</param>
internal sealed class HostConfigGenerator(int seed, string directory, string cgroupParent)
{
    private const int MostFields = 6;

    private static readonly long[] s_edges =
        [long.MinValue, int.MinValue, -1_000_000, -1001, -2, -1, 0, 1, 2, 9, 10, 99, 100, 101, 1000, 1001, 65535, 65536, int.MaxValue, uint.MaxValue, 1L << 32, long.MaxValue];

    private static readonly string[] s_words =
        ["", " ", "host", "none", "private", "shareable", "default", "bridge", "container:", "container:nobody", "..", "/", "a/b", "\0", "\n", "-1", "%s", "ä€𝄞", new('x', 5000)];

    private readonly Random _random = new(seed);

    private Dictionary<string, Func<JToken>>? _resources;

    private Dictionary<string, Func<JToken>>? _others;

    /// <summary>A body for create.</summary>
    public JObject Create()
    {
        JObject host = Fields(Resources.Concat(Others));
        JObject body = new() { ["Image"] = "busybox", ["Cmd"] = new JArray("true"), ["HostConfig"] = host };
        if (Chance(10))
        {
            body["Hostname"] = Word();
        }

        return body;
    }

    /// <summary>A body for update.</summary>
    public JObject Update()
    {
        JObject body = Fields(Resources);
        if (Chance(5))
        {
            body["RestartPolicy"] = RestartPolicy();
        }

        return body;
    }

    /// <summary>One in so many is.</summary>
    public bool Chance(int oneIn) => _random.Next(oneIn) == 0;

    private Dictionary<string, Func<JToken>> Resources => _resources ??= new()
    {
        ["CpuShares"] = () => Number(2, 262144),
        ["Memory"] = () => Number(6 << 20, 1 << 28),
        ["NanoCpus"] = () => Number(10_000_000, 2_000_000_000),
        ["BlkioWeight"] = () => Number(10, 1000),
        ["BlkioWeightDevice"] = () => List(() => new JObject { ["Path"] = Device(), ["Weight"] = Number(10, 1000) }),
        ["BlkioDeviceReadBps"] = Throttles,
        ["BlkioDeviceWriteBps"] = Throttles,
        ["BlkioDeviceReadIOps"] = Throttles,
        ["BlkioDeviceWriteIOps"] = Throttles,
        ["CpuPeriod"] = () => Number(1000, 1_000_000),
        ["CpuQuota"] = () => Number(1000, 1_000_000),
        ["CpuRealtimePeriod"] = () => Number(0, 1_000_000),
        ["CpuRealtimeRuntime"] = () => Number(0, 1_000_000),
        ["CpusetCpus"] = CpuList,
        ["CpusetMems"] = CpuList,
        ["KernelMemory"] = () => Number(0, 1 << 28),
        ["KernelMemoryTCP"] = () => Number(0, 1 << 28),
        ["MemoryReservation"] = () => Number(6 << 20, 1 << 27),
        ["MemorySwap"] = () => Number(6 << 20, 1 << 29),
        ["MemorySwappiness"] = () => Number(0, 100),
        ["OomKillDisable"] = Truth,
        ["PidsLimit"] = () => Number(1, 1000),
        ["CpuCount"] = () => Number(0, 2),
        ["CpuPercent"] = () => Number(0, 100),
        ["IOMaximumIOps"] = () => Number(0, 100),
        ["IOMaximumBandwidth"] = () => Number(0, 100),
        ["Devices"] = () => List(() => new JObject
        {
            ["PathOnHost"] = Device(),
            ["PathInContainer"] = Pick("", "/dev/x", "/dev/null", "relative", "/etc/passwd", "/../../x", Word()),
            ["CgroupPermissions"] = Pick("", "r", "rwm", "x", "rrrrrr", Word()),
        }),
        ["DeviceCgroupRules"] = () => List(() => Pick("c 1:3 rwm", "b *:* m", "a *:* rwm", "c 999999999:1 r", "c 4294967296:1 r", "x 1:1 r", "c 1 r", Word())),
        ["DeviceRequests"] = () => List(() => new JObject { ["Driver"] = Word(), ["Count"] = Number(-1, 2), ["Capabilities"] = new JArray(new JArray("gpu")) }),
        ["Ulimits"] = () => List(() => new JObject { ["Name"] = Pick("nofile", "nproc", "core", "rtprio", "nice", Word()), ["Soft"] = Number(0, 1024), ["Hard"] = Number(1024, 4096) }),
    };

    private Dictionary<string, Func<JToken>> Others => _others ??= new()
    {
        ["CgroupParent"] = () => Pick("", $"{cgroupParent}/deeper", $"{cgroupParent}/deeper/..", "..", $"{cgroupParent}/\0"),
        ["Binds"] = () => List(() => $"{Pick(directory, directory + "/made", "relative", "name", "na/me", "")}:{Path()}{Pick("", ":ro", ":rw,z", ":nonsense", ":shared", ":rprivate,ro", ":")}"),
        ["ContainerIDFile"] = Word,
        ["LogConfig"] = () => new JObject
        {
            ["Type"] = Pick("", "json-file", "none", "local", "nonsense"),
            ["Config"] = Map("max-size", () => Pick("10m", "-1", "x", "99999999999999g")),
        },
        ["NetworkMode"] = () => Pick("", "bridge", "none", "host", "default", Word()),
        ["PortBindings"] = () => new JObject { [Pick("80", "80/tcp", "99999/tcp", "0/udp", "80-90", "x/y").ToString()] = List(() => new JObject { ["HostIp"] = Pick("", "127.0.0.1", "::1", "300.1.1.1", Word()), ["HostPort"] = Pick("", "0", "-1", "70000", "9-3", Word()) }) },
        ["RestartPolicy"] = RestartPolicy,
        ["AutoRemove"] = Truth,
        ["VolumeDriver"] = () => Pick("", "local", "nonsense", Word()),
        ["VolumesFrom"] = () => List(() => Pick("nobody", "nobody:ro", ":ro", Word())),
        ["Mounts"] = () => List(Mount),
        ["ConsoleSize"] = () => Pick(new JArray(), new JArray(24, 80), new JArray(-1, 1), new JArray(1, 2, 3), new JArray(100_000, 1)),
        ["Annotations"] = () => Map("a", Word),
        ["CapAdd"] = () => List(Capability),
        ["CapDrop"] = () => List(Capability),
        ["CgroupnsMode"] = () => Pick("", "private", "host", Word()),
        ["Dns"] = () => List(() => Pick("1.2.3.4", "::1", "1.2.3", Word())),
        ["DnsOptions"] = () => List(() => Pick("ndots:2", Word())),
        ["DnsSearch"] = () => List(() => Pick("example.test", ".", Word())),
        ["ExtraHosts"] = () => List(() => Pick("a:1.2.3.4", "a=::1", "a:host-gateway", ":", "a:", Word())),
        ["GroupAdd"] = () => List(() => Pick("0", "1000", "nobody", "-1", "4294967295", "4294967296", Word())),
        ["IpcMode"] = () => Pick("", "none", "private", "shareable", "host", "container:nobody", Word()),
        ["Cgroup"] = () => Pick("", Word()),
        ["Links"] = () => List(() => Pick("nobody:x", ":x", "a:b:c", Word())),
        ["OomScoreAdj"] = () => Number(-1000, 1000),
        ["PidMode"] = () => Pick("", "host", "container:nobody", Word()),
        ["Privileged"] = Truth,
        ["PublishAllPorts"] = Truth,
        ["ReadonlyRootfs"] = Truth,
        ["SecurityOpt"] = () => List(() => Pick(
            "no-new-privileges", "no-new-privileges:false", "no-new-privileges=maybe", "seccomp=unconfined", "seccomp=builtin", "seccomp={}", "seccomp=/etc/passwd",
            "apparmor=unconfined", "apparmor=nonsense", "label=disable", "label=type:x", "label=nonsense", "systempaths=unconfined", "writable-cgroups=true", "=", Word())),
        ["StorageOpt"] = () => Map("size", () => Pick("10G", "-1", "x")),
        ["Tmpfs"] = () => new JObject { [Path().ToString()] = Pick("", "size=1m", "size=-1", "mode=1777", "mode=9", "noexec,nosuid", "nonsense", "size=1m,size=2m", Word()) },
        ["UTSMode"] = () => Pick("", "host", "private", Word()),
        ["UsernsMode"] = () => Pick("", "host", "private", Word()),
        ["ShmSize"] = () => Number(0, 1 << 26),
        ["Sysctls"] = () => Map(Pick("net.ipv4.ip_forward", "net.core.somaxconn", "kernel.shmmax", "kernel.core_pattern", "net.nonsense", "net..x", "net.ipv4.tcp_keepalive_time", "fs.mqueue.msg_max", "kernel.msgmax", "vm.swappiness").ToString(), () => Pick("1", "0", "-1", "x", "", "99999999999999999999", Word())),
        ["Runtime"] = () => Pick("", "runc", "rtd", "nonsense", Word()),
        ["Isolation"] = () => Pick("", "default", "hyperv", Word()),
        ["MaskedPaths"] = () => List(Path),
        ["ReadonlyPaths"] = () => List(Path),
        ["Init"] = Truth,
    };

    private JObject Fields(IEnumerable<KeyValuePair<string, Func<JToken>>> from)
    {
        KeyValuePair<string, Func<JToken>>[] all = [.. from];
        JObject chosen = [];
        for (int count = _random.Next(1, MostFields + 1); count > 0; count--)
        {
            (string name, Func<JToken> make) = all[_random.Next(all.Length)];
            chosen[name] = Chance(40) ? Stranger() : make();
        }

        return chosen;
    }

    private JToken Mount() => new JObject
    {
        ["Type"] = Pick("bind", "volume", "tmpfs", "image", "npipe", "cluster", "nonsense"),
        ["Source"] = Pick(directory, "named", "", "relative/path", "busybox", Word()),
        ["Target"] = Path(),
        ["ReadOnly"] = Truth(),
        ["TmpfsOptions"] = new JObject { ["SizeBytes"] = Number(0, 1 << 20), ["Mode"] = Number(0, 511) },
    };

    private JToken RestartPolicy() => new JObject { ["Name"] = Pick("", "no", "always", "on-failure", "unless-stopped", "nonsense"), ["MaximumRetryCount"] = Number(0, 5) };

    private JToken Throttles() => List(() => new JObject { ["Path"] = Device(), ["Rate"] = Chance(6) ? ulong.MaxValue : Number(0, 1 << 30) });

    private JToken CpuList() => Pick("0", "0-1", "1,0", "", "7-3", "-", ",", "0-2147483647", "0,,1", "99", "4294967296", string.Join(',', Enumerable.Repeat("0", 4000)), Word());

    private JToken Device() => Pick("/dev/null", "/dev/zero", "/dev/vda", "/dev/loop0", "/dev/fuse", "/dev", "/etc/passwd", "/no/such/device", "relative", "/dev/../dev/null", Word());

    private JToken Capability() => Pick("ALL", "CAP_NET_ADMIN", "sys_admin", "CHOWN", "CAP_NONSENSE", "", Word());

    private JToken Path() => Pick("/m", "/m/n", "/etc", "/proc", "/proc/self", "/sys", "/dev", "/dev/null", "/etc/passwd", "/", "", "relative", "/../..", "/m\0", "/a,b", "/" + new string('x', 300), "/a b\"");

    private JToken Truth() => Pick(true, false);

    private JToken Word() => s_words[_random.Next(s_words.Length)];

    /// <summary>In range mostly, else an edge or beyond.</summary>
    private JToken Number(long least, long most) => _random.Next(3) switch
    {
        0 => s_edges[_random.Next(s_edges.Length)],
        1 => Pick(least, most, least - 1, most + 1),
        _ => _random.NextInt64(least, most + 1),
    };

    private JToken List(Func<JToken> make) => new JArray(Enumerable.Range(0, _random.Next(4)).Select(_ => Chance(30) ? Stranger() : make()));

    private JToken Map(string key, Func<JToken> make) => new JObject { [key] = make(), [string.Create(CultureInfo.InvariantCulture, $"k{_random.Next(3)}")] = make() };

    /// <summary>A value of whatever type.</summary>
    private JToken Stranger() => Pick(JValue.CreateNull(), "text", 1.5, -1, true, new JArray(), new JArray(1, "x", JValue.CreateNull()), new JObject(), new JObject { ["a"] = new JObject() });

    private JToken Pick(params JToken[] choices) => choices[_random.Next(choices.Length)];
}
