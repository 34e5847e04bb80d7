using System.Net;
using Rtd.Daemon.Api.Transport;
using Rtd.Daemon.Configuration;
using Xunit;

namespace Rtd.Tests.Unit.Configuration;

/// <summary>Flags and file become one configuration.</summary>
public sealed class ConfigTests
{
    /// <summary>Every option, said as a flag and as a key: name of the property, flag, file.</summary>
    public static TheoryData<string, string, string> Both => new()
    {
        { "Bridge", "--bridge br9", "{\"bridge\":\"br9\"}" },
        { "Bip", "--bip 10.9.0.1/24", "{\"bip\":\"10.9.0.1/24\"}" },
        { "CgroupParent", "--cgroup-parent /x", "{\"cgroup-parent\":\"/x\"}" },
        { "DataRoot", "--data-root /x", "{\"data-root\":\"/x\"}" },
        { "Debug", "-D", "{\"debug\":true}" },
        { "DefaultAddressPools", "--default-address-pool base=10.0.0.0/8,size=24 --default-address-pool base=172.30.0.0/16,size=28", "{\"default-address-pools\":[{\"base\":\"10.0.0.0/8\",\"size\":24},{\"base\":\"172.30.0.0/16\",\"size\":28}]}" },
        { "DefaultCgroupnsMode", "--default-cgroupns-mode host", "{\"default-cgroupns-mode\":\"host\"}" },
        { "DefaultGateway", "--default-gateway 10.9.0.1", "{\"default-gateway\":\"10.9.0.1\"}" },
        { "DefaultIpcMode", "--default-ipc-mode shareable", "{\"default-ipc-mode\":\"shareable\"}" },
        { "DefaultRuntime", "--default-runtime runc", "{\"default-runtime\":\"runc\"}" },
        { "Runtimes", "--add-runtime other=/bin/sh", "{\"runtimes\":{\"other\":{\"path\":\"/bin/sh\"}}}" },
        { "DefaultShmSize", "--default-shm-size 1g", "{\"default-shm-size\":\"1G\"}" },
        { "DefaultShmSize", "--default-shm-size 1048576", "{\"default-shm-size\":1048576}" },
        { "DefaultUlimits", "--default-ulimit nofile=64:128 --default-ulimit core=-1", "{\"default-ulimits\":{\"nofile\":{\"Name\":\"nofile\",\"Soft\":64,\"Hard\":128},\"core\":{\"Soft\":-1,\"Hard\":-1}}}" },
        { "Dns", "--dns 1.2.3.4 --dns ::1", "{\"dns\":[\"1.2.3.4\",\"::1\"]}" },
        { "DnsOptions", "--dns-opt ndots:1", "{\"dns-opts\":[\"ndots:1\"]}" },
        { "DnsSearch", "--dns-search example.org", "{\"dns-search\":[\"example.org\"]}" },
        { "ExecRoot", "--exec-root /x", "{\"exec-root\":\"/x\"}" },
        { "FixedCidr", "--fixed-cidr 10.9.0.130/25", "{\"fixed-cidr\":\"10.9.0.128/25\"}" },
        { "Group", "-G adm", "{\"group\":\"adm\"}" },
        { "Hosts", "-H unix:///a -H tcp://127.0.0.1:99 -H fd://", "{\"hosts\":[\"unix:///a\",\"tcp://127.0.0.1:99\",\"fd://\"]}" },
        { "Icc", "--icc=false", "{\"icc\":false}" },
        { "Init", "--init", "{\"init\":true}" },
        { "InsecureRegistries", "--insecure-registry a:5000", "{\"insecure-registries\":[\"a:5000\"]}" },
        { "DefaultBindAddress", "--ip 127.0.0.1", "{\"ip\":\"127.0.0.1\"}" },
        { "IpForward", "--ip-forward=false", "{\"ip-forward\":false}" },
        { "IpMasq", "--ip-masq=false", "{\"ip-masq\":false}" },
        { "Iptables", "--iptables=false", "{\"iptables\":false}" },
        { "Labels", "--label a=1 --label b=2", "{\"labels\":[\"a=1\",\"b=2\"]}" },
        { "IPv6", "--ipv6=false", "{\"ipv6\":false}" },
        { "BipV6", "--bip6 fd00:1::1/64", "{\"bip6\":\"fd00:1::1/64\"}" },
        { "FixedCidrV6", "--fixed-cidr-v6 fd00:1::/64", "{\"fixed-cidr-v6\":\"fd00:1::/64\"}" },
        { "DefaultGatewayV6", "--default-gateway-v6 fd00:1::9", "{\"default-gateway-v6\":\"fd00:1::9\"}" },
        { "DefaultNetworkOptions", "--default-network-opt bridge=a.b=1", "{\"default-network-opts\":{\"bridge\":{\"a.b\":\"1\"}}}" },
        { "HostGatewayAddresses", "--host-gateway-ip 192.0.2.9", "{\"host-gateway-ips\":[\"192.0.2.9\"]}" },
        { "LogDriver", "--log-driver none", "{\"log-driver\":\"none\"}" },
        { "LogLevel", "-l error", "{\"log-level\":\"error\"}" },
        { "LogOptions", "--log-opt max-size=10m --log-opt max-file=3", "{\"log-opts\":{\"max-size\":\"10m\",\"max-file\":\"3\"}}" },
        { "MaxConcurrentDownloads", "--max-concurrent-downloads 7", "{\"max-concurrent-downloads\":7}" },
        { "MaxConcurrentUploads", "--max-concurrent-uploads 7", "{\"max-concurrent-uploads\":7}" },
        { "PreparedSandboxes", "--prepared-sandboxes 7", "{\"prepared-sandboxes\":7}" },
        { "MaxDownloadAttempts", "--max-download-attempts 7", "{\"max-download-attempts\":7}" },
        { "Mtu", "--mtu 9000", "{\"mtu\":9000}" },
        { "NoNewPrivileges", "--no-new-privileges", "{\"no-new-privileges\":true}" },
        { "OomScoreAdjust", "--oom-score-adjust -500", "{\"oom-score-adjust\":-500}" },
        { "PidFile", "-p /x.pid", "{\"pidfile\":\"/x.pid\"}" },
        { "RegistryMirrors", "--registry-mirror https://m.example", "{\"registry-mirrors\":[\"https://m.example\"]}" },
        { "SeccompProfile", "--seccomp-profile unconfined", "{\"seccomp-profile\":\"unconfined\"}" },
        { "ShutdownTimeout", "--shutdown-timeout -1", "{\"shutdown-timeout\":-1}" },
        { "StorageDriver", "-s vfs", "{\"storage-driver\":\"vfs\"}" },
        { "StorageOptions", "--storage-opt a=b", "{\"storage-opts\":[\"a=b\"]}" },
        { "CgroupFavorDynMods", "--cgroup-favordynmods=false", "{\"cgroup-favordynmods\":false}" },
        { "UserlandProxy", "--userland-proxy=false", "{\"userland-proxy\":false}" },
    };

    [Theory]
    [MemberData(nameof(Both))]
    public void Flag_and_key_say_the_same_and_differ_from_the_default(string property, string flags, string file)
    {
        string byDefault = Value(Load("", ""), property);
        string byFlag = Value(Load(flags, ""), property);
        string byFile = Value(Load("", file), property);

        Assert.Equal(byFlag, byFile);
        Assert.NotEqual(byDefault, byFlag);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void Said_twice_is_an_error_that_names_the_key(string property, string flags, string file)
    {
        ConfigurationException error = Assert.Throws<ConfigurationException>(() => Load(flags, file));

        string key = file.Split('"')[1];
        Assert.StartsWith($"the following directives are specified both as a flag and in the configuration file: {key}: (from flag: ", error.Message);
        Assert.NotEmpty(property);
    }

    [Fact]
    public void Conflicts_are_all_told_in_dockerds_words() => Assert.Equal(
        "the following directives are specified both as a flag and in the configuration file: "
        + "debug: (from flag: true, from file: false), hosts: (from flag: [unix:///y unix:///z], from file: [unix:///x]), mtu: (from flag: 1400, from file: 1500)",
        Assert.Throws<ConfigurationException>(
            () => Load("-D -H unix:///y -H unix:///z --mtu 1400", "{\"debug\":false,\"hosts\":[\"unix:///x\"],\"mtu\":1500}")).Message);

    [Fact]
    public void Nothing_said_is_the_default()
    {
        DaemonConfig config = Load("", " \n");

        Assert.Equal(("/var/lib/rtd", "/run/rtd", "/run/rtd.pid"), (config.DataRoot, config.ExecRoot, config.PidFile));
        Assert.Equal([new ListenAddress("unix", "/run/rtd.sock")], config.Hosts);
        Assert.Equal((1500, true, true, true, true), (config.Mtu, config.Icc, config.Iptables, config.IpForward, config.IpMasq));
        Assert.Equal((64L << 20, "info", TimeSpan.FromSeconds(15)), (config.DefaultShmSize, config.LogLevel, config.ShutdownTimeout));
        Assert.Equal(IPAddress.Any, config.DefaultBindAddress);
        Assert.Null(config.StorageDriver);
    }

    [Theory]
    [InlineData("{\"foo\":1,\"debug\":true,\"bar\":2}", "the following directives don't match any configuration option: foo, bar")]
    [InlineData("{\"init-path\":\"/x\",\"proxies\":{\"x\":{}}}", "the following directives are not available in this version of rtd: init-path, proxies")]
    [InlineData("{\"debug\":\"x\"}", "value of \"debug\" must be true or false")]
    [InlineData("{\"mtu\":\"1500\"}", "value of \"mtu\" must be an integer")]
    [InlineData("{\"mtu\":1.5}", "value of \"mtu\" must be an integer")]
    [InlineData("{\"mtu\":99999999999}", "value of \"mtu\" must be an integer")]
    [InlineData("{\"hosts\":\"unix:///x\"}", "value of \"hosts\" must be a list of strings")]
    [InlineData("{\"hosts\":[1]}", "value of \"hosts\" must be made of strings")]
    [InlineData("{\"log-opts\":[\"a=b\"]}", "value of \"log-opts\" must be an object")]
    [InlineData("{\"log-opts\":{\"a\":1}}", "value of \"log-opts\" must be made of strings")]
    [InlineData("{\"default-network-opts\":{\"bridge\":[]}}", "value of \"default-network-opts\" must be an object of objects, by driver")]
    [InlineData("[]", "the file is not a JSON object")]
    [InlineData("{\"debug\":tru}", "invalid JSON at line 1, column 12")]
    [InlineData("{\"debug\":true,\"debug\":false}", "invalid JSON at line 1, column 22")]
    [InlineData("{\"mtu\":10}", "invalid value \"10\" for \"mtu\" in daemon.json: it must be from 68 to 65535")]
    [InlineData("{\"registry-mirrors\":[\"m\"]}", "invalid value \"m\" for \"registry-mirrors\" in daemon.json: it must be an http or https URL")]
    public void Wrong_file_is_told_by_its_keys(string file, string message) =>
        Assert.Equal(message, Assert.Throws<ConfigurationException>(() => Load("", file)).Message);

    [Theory]
    [InlineData("{\"ip6tables\":true,\"userns-remap\":\"\",\"features\":{\"buildkit\":true},\"runtimes\":{},\"debug\":null}")]
    public void Keys_that_ask_for_nothing_do_no_harm(string file) => Assert.False(Load("", file).Debug);

    [Theory]
    [InlineData("--log-level xx", "invalid value \"xx\" for --log-level: it must be one of debug, info, warn, error, fatal")]
    [InlineData("--mtu -1", "invalid value \"-1\" for --mtu: it must be from 68 to 65535")]
    [InlineData("--dns foo", "invalid value \"foo\" for --dns: foo is not an ip address")]
    [InlineData("--bip 10.0.0.1", "invalid value \"10.0.0.1\" for --bip: it must be an address with a prefix length, such as 192.168.5.1/24")]
    [InlineData("--fixed-cidr 10.0.0.0/33", "invalid value \"10.0.0.0/33\" for --fixed-cidr: it must be an address with a prefix length, such as 192.168.5.1/24")]
    [InlineData("--bridge br0 --bip 10.0.0.1/8", "bridge and bip are mutually exclusive options: specify only one")]
    [InlineData("--default-ulimit foo", "invalid value \"foo\" for --default-ulimit: it must be key=value")]
    [InlineData("--default-ulimit foo=1", "invalid value \"foo=1\" for --default-ulimit: invalid ulimit type: foo")]
    [InlineData("--default-ulimit nofile=2:1", "invalid value \"nofile=2:1\" for --default-ulimit: ulimit soft limit must be less than or equal to hard limit: 2 > 1")]
    [InlineData("--default-shm-size foo", "invalid value \"foo\" for --default-shm-size: it must be a number of bytes, with b, k, m or g after it if wanted")]
    [InlineData("--default-address-pool foo", "invalid value \"foo\" for --default-address-pool: it must be key=value")]
    [InlineData("--default-address-pool base=10.0.0.0/16,size=8", "invalid value \"base=10.0.0.0/16,size=8\" for --default-address-pool: size must be from 16 to 32")]
    [InlineData("--storage-driver zfs", "invalid value \"zfs\" for --storage-driver: it must be one of overlay2, btrfs, fuse-overlayfs, vfs")]
    [InlineData("--exec-opt native.cgroupdriver=systemd", "invalid value \"native.cgroupdriver=systemd\" for --exec-opt: the cgroup driver of this version is cgroupfs")]
    [InlineData("--exec-opt a=b", "invalid value \"a=b\" for --exec-opt: the one exec option is native.cgroupdriver")]
    [InlineData("--label a=1 --label a=2", "conflict labels for a=1 and a=2")]
    [InlineData("--label a", "invalid value \"a\" for --label: it must be key=value")]
    [InlineData("--tlscert /x", "--tlscert has no effect without TLS: set tlsverify (or tls) to true, too")]
    [InlineData("--tlsverify --tls=false", "--tlsverify and --tls=false contradict each other")]
    [InlineData("--metrics-addr 9323", "invalid value \"9323\" for --metrics-addr: it must be IP:PORT, such as 127.0.0.1:9323")]
    [InlineData("--log-format xml", "invalid value \"xml\" for --log-format: it must be one of text, json")]
    [InlineData("-H npipe://x", "invalid value \"npipe://x\" for --host: invalid protocol format: \"npipe\" in \"npipe://x\" (unix, tcp and fd are served)")]
    [InlineData("-H unix://x", "invalid value \"unix://x\" for --host: unix socket path \"x\" is not absolute")]
    [InlineData("-H tcp://example.org:1", "invalid value \"tcp://example.org:1\" for --host: invalid bind address format: tcp://example.org:1: host must be an IP address or localhost")]
    public void Wrong_flag_is_told_by_its_name(string flags, string message) =>
        Assert.Equal(message, Assert.Throws<ConfigurationException>(() => Load(flags, "")).Message);

    [Theory]
    [InlineData("tcp://0.0.0.0:2375")]
    [InlineData("tcp://192.0.2.1")]
    [InlineData("tcp://[::]:2375")]
    public void Plain_tcp_beyond_loopback_must_be_asked_for_by_name(string host)
    {
        Assert.Contains("anyone who reaches this address is root here", Assert.Throws<ConfigurationException>(() => Load($"-H {host}", "")).Message);
        Assert.Equal("tcp", Load($"-H {host} --tls=false", "").Hosts.Single().Scheme);
        Assert.Equal("tcp", Load($"-H {host}", "{\"tlsverify\":false}").Hosts.Single().Scheme);
    }

    [Fact]
    public void Tls_without_verification_beyond_loopback_must_be_asked_for_by_name()
    {
        Assert.Contains("anyone who reaches this address is root here", Assert.Throws<ConfigurationException>(() => Load("-H tcp://0.0.0.0 --tls", "")).Message);
        Assert.Null(Load("-H tcp://0.0.0.0 --tls --tlsverify=false", "").Tls!.Authority);
        Assert.Equal("0.0.0.0:2376", Load("-H tcp://0.0.0.0 --tlsverify", "").Hosts.Single().EndPoint!.ToString());
    }

    [Fact]
    public void Tls_files_are_those_that_are_named_or_the_clients_own()
    {
        Assert.Equal(new TlsSettings("/c", "/k", "/a"), Load("--tlsverify --tlscert /c --tlskey /k", "{\"tlscacert\":\"/a\"}").Tls);
        Assert.Equal(Path.Combine(TlsSettings.DefaultDirectory, "cert.pem"), Load("--tls", "").Tls!.Certificate);
        Assert.Null(Load("--tls=false --tlscert /c", "").Tls);
    }

    [Theory]
    [InlineData("tcp://", "127.0.0.1:2375")]
    [InlineData("tcp://:80", "127.0.0.1:80")]
    [InlineData("localhost:80", "127.0.0.1:80")]
    [InlineData("tcp://[::1]:80", "[::1]:80")]
    [InlineData("tcp://[::1]", "[::1]:2375")]
    public void Tcp_addresses_have_defaults(string host, string endPoint) =>
        Assert.Equal(endPoint, Load($"-H {host}", "").Hosts.Single().EndPoint!.ToString());

    [Theory]
    [InlineData("0", 0L)]
    [InlineData("10", 10L)]
    [InlineData("1k", 1L << 10)]
    [InlineData("64M", 64L << 20)]
    [InlineData("1.5 GiB", 3L << 29)]
    [InlineData("8191p", 8191L << 50)]
    [InlineData("8192p", null)]
    [InlineData("99999999999999999999999", null)]
    [InlineData("1x", null)]
    [InlineData("-1", null)]
    [InlineData("", null)]
    [InlineData("m", null)]
    public void Sizes_have_units(string text, long? bytes) =>
        Assert.Equal(bytes, ByteSize.TryParse(text, out long found) ? found : null);

    [Fact]
    public void Help_has_every_flag()
    {
        string help = DaemonArguments.Help();

        Assert.All(OptionInfo.All, option => Assert.Contains($"--{option.Long}", help));
    }

    [Fact]
    public void File_that_was_named_must_be_there_and_the_default_one_need_not()
    {
        ConfigurationException error = Assert.Throws<ConfigurationException>(
            () => ConfigLoader.Load(DaemonArguments.Parse(["--config-file", "/nonexistent/daemon.json"])));

        Assert.Equal("unable to configure the rtd daemon with file /nonexistent/daemon.json: no such file or directory", error.Message);
    }

    private static DaemonConfig Load(string flags, string file) => ConfigLoader.Merge(
        DaemonArguments.Parse(flags.Split(' ', StringSplitOptions.RemoveEmptyEntries)), ConfigFile.Parse(file), "daemon.json");

    private static string Value(DaemonConfig config, string property) => typeof(DaemonConfig).GetProperty(property)!.GetValue(config) switch
    {
        IEnumerable<object> list => string.Join('|', list),
        System.Collections.IEnumerable pairs and not string => string.Join('|', pairs.Cast<object>()),
        object value => value.ToString()!,
        null => "",
    };
}
