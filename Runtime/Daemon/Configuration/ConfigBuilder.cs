using System.Net;
using Rtd.Daemon.Api.Transport;
using Rtd.Daemon.Execution.Oci;
using Rtd.Daemon.Storage;

namespace Rtd.Daemon.Configuration;

/// <summary>Checks merged options one by one and fills in the defaults.</summary>
/// <param name="origins">How messages name each option: the flag, or the key of the file.</param>
internal sealed partial class ConfigBuilder(DaemonOptions options, IReadOnlyDictionary<string, string> origins, string path)
{
    private static readonly string[] s_logLevels = ["debug", "info", "warn", "error", "fatal"];

    public DaemonConfig Build()
    {
        CheckTogether();
        return new DaemonConfig
        {
            Said = options,
            ConfigFile = path,
            DataRoot = Path.GetFullPath(options.DataRoot ?? "/var/lib/rtd"),
            ExecRoot = Path.GetFullPath(options.ExecRoot ?? "/run/rtd"),
            PidFile = Path.GetFullPath(options.PidFile ?? "/run/rtd.pid"),
            Hosts = Hosts(),
            Tls = Tls(),
            AllowsOpenTcp = options.TlsVerify is not null || options.Tls == false,
            AuthorizationPlugins = options.AuthorizationPlugins!.Distinct().ToArray(),
            MetricsAddress = options.MetricsAddress is null ? null : MetricsAddress(options.MetricsAddress),
            Group = options.Group,
            Debug = options.Debug == true,
            LogLevel = options.Debug == true ? "debug" : OneOf(options.LogLevel, nameof(options.LogLevel), "info", s_logLevels),
            LogFormat = OneOf(options.LogFormat, nameof(options.LogFormat), "text", ["text", "json"]),
            ShutdownTimeout = ShutdownTimeout(),
            OomScoreAdjust = InRange(options.OomScoreAdjust, nameof(options.OomScoreAdjust), 0, -1000, 1000),
            Labels = Labels(),
            Bridge = options.Bridge,
            Bip = options.Bip is null ? null : Cidr(options.Bip, nameof(options.Bip)),
            FixedCidr = options.FixedCidr is null ? null : Network(options.FixedCidr, nameof(options.FixedCidr)),
            DefaultGateway = options.DefaultGateway is null ? null : Address(options.DefaultGateway, nameof(options.DefaultGateway)),
            IPv6 = options.IPv6,
            BipV6 = options.BipV6 is null ? null : Cidr(options.BipV6, nameof(options.BipV6)),
            FixedCidrV6 = options.FixedCidrV6 is null ? null : Network(options.FixedCidrV6, nameof(options.FixedCidrV6)),
            DefaultGatewayV6 = options.DefaultGatewayV6 is null ? null : Address(options.DefaultGatewayV6, nameof(options.DefaultGatewayV6)),
            DefaultNetworkOptions = NetworkOptions(),
            HostGatewayAddresses = options.HostGatewayAddresses!.Select(text => Address(text, nameof(options.HostGatewayAddresses))).ToArray(),
            Mtu = options.Mtu is null or 0 ? 1500 : InRange(options.Mtu, nameof(options.Mtu), 1500, 68, 65535),
            Icc = options.Icc ?? true,
            Iptables = options.Iptables ?? true,
            IpForward = options.IpForward ?? true,
            IpMasq = options.IpMasq ?? true,
            UserlandProxy = options.UserlandProxy ?? true,
            DefaultBindAddress = options.Ip is null ? IPAddress.Any : Address(options.Ip, nameof(options.Ip)),
            DefaultAddressPools = options.DefaultAddressPools!.Select(AddressPool).ToArray(),
            Dns = options.Dns!.Select(text => Address(text, nameof(options.Dns))).ToArray(),
            DnsSearch = options.DnsSearch!.ToArray(),
            DnsOptions = options.DnsOptions!.ToArray(),
            StorageDriver = options.StorageDriver is null ? null : OneOf(options.StorageDriver, nameof(options.StorageDriver), "", [.. StorageDrivers.Preferred]),
            StorageOptions = KeyValues(options.StorageOptions!, nameof(options.StorageOptions)),
            CgroupParent = options.CgroupParent ?? "/rtd",
            CgroupFavorDynMods = options.CgroupFavorDynMods,
            Runtimes = Runtimes(),
            DefaultRuntime = DefaultRuntime(),
            DefaultShmSize = ShmSize(),
            DefaultUlimits = options.DefaultUlimits!.Select(Ulimit).ToArray(),
            DefaultIpcMode = OneOf(options.DefaultIpcMode, nameof(options.DefaultIpcMode), "private", ["private", "shareable"]),
            DefaultCgroupnsMode = OneOf(options.DefaultCgroupnsMode, nameof(options.DefaultCgroupnsMode), "private", ["private", "host"]),
            UsernsRemap = options.UsernsRemap is { Length: > 0 } remap ? remap : null,
            Init = options.Init == true,
            NoNewPrivileges = options.NoNewPrivileges == true,
            SeccompProfile = options.SeccompProfile is null or "builtin" ? null : options.SeccompProfile,
            LiveRestore = options.LiveRestore ?? false,
            LogDriver = options.LogDriver ?? "json-file",
            LogOptions = KeyValues(options.LogOptions!, nameof(options.LogOptions)),
            LogQuota = options.LogQuota is null ? null : LogQuota(options.LogQuota),
            InsecureRegistries = options.InsecureRegistries!.Select(InsecureRegistry).ToArray(),
            RegistryMirrors = options.RegistryMirrors!.Select(Mirror).ToArray(),
            MaxConcurrentDownloads = InRange(options.MaxConcurrentDownloads, nameof(options.MaxConcurrentDownloads), 3, 1, 1024),
            MaxConcurrentUploads = InRange(options.MaxConcurrentUploads, nameof(options.MaxConcurrentUploads), 5, 1, 1024),
            PreparedSandboxes = InRange(options.PreparedSandboxes, nameof(options.PreparedSandboxes), 2, 0, 64),
            MaxDownloadAttempts = InRange(options.MaxDownloadAttempts, nameof(options.MaxDownloadAttempts), 5, 1, 1024),
        };
    }

    private Dictionary<string, OciRuntime> Runtimes()
    {
        Dictionary<string, OciRuntime> runtimes = [];
        foreach (string text in options.Runtimes!)
        {
            string[] words = text.Split('\0');
            (string name, string program) = SplitPair(words[0], nameof(options.Runtimes));
            if (name == OciRuntime.Native || name.AsSpan().IndexOfAnyExcept("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-") >= 0 || name.StartsWith('.'))
            {
                throw Invalid(words[0], nameof(options.Runtimes), name == OciRuntime.Native ? $"runtime name '{name}' is reserved" : "a name is made of letters, digits, dots, dashes and underscores");
            }

            if (FindProgram(program) is not { } found)
            {
                throw Invalid(words[0], nameof(options.Runtimes), $"there is no program {program}");
            }

            runtimes[name] = new OciRuntime(name, found, words[1..]);
        }

        return runtimes;
    }

    private string DefaultRuntime()
    {
        string name = options.DefaultRuntime ?? OciRuntime.Native;
        return OciRuntime.IsNative(name) || Runtimes().ContainsKey(name)
            ? name
            : throw new ConfigurationException($"specified default runtime '{name}' does not exist");
    }

    /// <summary>A path as it is, a bare name from where programs are.</summary>
    private static string? FindProgram(string program)
    {
        string[] directories = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];
        IEnumerable<string> candidates = program.Contains('/') ? [Path.GetFullPath(program)] : directories.Select(directory => Path.Combine(directory, program));
        return candidates.FirstOrDefault(File.Exists);
    }

    /// <summary>What only makes sense, or none, in combination.</summary>
    private void CheckTogether()
    {
        CheckExecOptions();
        if (options.Bridge is not null && options.Bip is not null)
        {
            throw new ConfigurationException("bridge and bip are mutually exclusive options: specify only one");
        }

        if (options.Ip6tables == false && options.Iptables != false)
        {
            throw new ConfigurationException("ip6tables=false: the firewall has rules for both families or for none; set iptables to false, too, or ipv6 to false");
        }

        if (options.Iptables == false && options.Icc == false)
        {
            throw new ConfigurationException("iptables=false with icc=false: without firewall rules containers cannot be kept apart, set icc or iptables to true");
        }
    }

    private bool UsesTls => options.Tls == true || options.TlsVerify == true;

    /// <summary>As dockerd: tlsverify implies tls, and files that are not named are looked for where the client has its own.</summary>
    private TlsSettings? Tls()
    {
        string? file = options.TlsCaCertificate is not null ? nameof(options.TlsCaCertificate)
            : options.TlsCertificate is not null ? nameof(options.TlsCertificate)
            : options.TlsKey is not null ? nameof(options.TlsKey) : null;
        if (options.TlsVerify == true && options.Tls == false)
        {
            throw new ConfigurationException($"{Origin(nameof(options.TlsVerify))} and {Origin(nameof(options.Tls))}=false contradict each other");
        }

        if (UsesTls)
        {
            string directory = TlsSettings.DefaultDirectory;
            return new TlsSettings(
                Path.GetFullPath(options.TlsCertificate ?? Path.Combine(directory, "cert.pem")),
                Path.GetFullPath(options.TlsKey ?? Path.Combine(directory, "key.pem")),
                options.TlsVerify == true ? Path.GetFullPath(options.TlsCaCertificate ?? Path.Combine(directory, "ca.pem")) : null);
        }

        // Whoever names a certificate believes to be protected by it.
        return file is null || options.Tls is not null || options.TlsVerify is not null
            ? null
            : throw new ConfigurationException($"{Origin(file)} has no effect without TLS: set tlsverify (or tls) to true, too");
    }

    private IPEndPoint MetricsAddress(string text)
    {
        int colon = text.LastIndexOf(':');
        string host = colon < 0 ? "" : text[..colon].Trim('[', ']');
        IPAddress? address = host switch
        {
            "" => IPAddress.Any,
            "localhost" => IPAddress.Loopback,
            _ => IPAddress.TryParse(host, out IPAddress? parsed) ? parsed : null,
        };
        return colon >= 0 && address is not null && ushort.TryParse(text.AsSpan(colon + 1), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out ushort port)
            ? new IPEndPoint(address, port)
            : throw Invalid(text, nameof(options.MetricsAddress), "it must be IP:PORT, such as 127.0.0.1:9323");
    }

    private void CheckExecOptions()
    {
        foreach ((string key, string value) in KeyValues(options.ExecOptions!, nameof(options.ExecOptions)))
        {
            if (key != "native.cgroupdriver")
            {
                throw Invalid($"{key}={value}", nameof(options.ExecOptions), "the one exec option is native.cgroupdriver");
            }

            if (value != "cgroupfs")
            {
                throw Invalid($"{key}={value}", nameof(options.ExecOptions), "the cgroup driver of this version is cgroupfs");
            }
        }
    }

    /// <summary>TCP that others can reach without being verified has to be asked for by name: <c>--tls=false</c> or <c>--tlsverify=false</c>.</summary>
    private ListenAddress[] Hosts()
    {
        ListenAddress[] hosts = options.Hosts!.Select(Host).ToArray();
        ListenAddress? open = hosts.FirstOrDefault(host => host.Scheme == "tcp" && !host.IsLoopback);
        if (open is not null && options.Tls != false && options.TlsVerify is null)
        {
            throw new ConfigurationException($"{Origin(nameof(options.Hosts))} {open}: {OpenTcp.Refusal}");
        }

        return hosts.Length > 0 ? hosts.Distinct().ToArray() : [ListenAddress.Parse("unix://", UsesTls)];
    }

    private ListenAddress Host(string text)
    {
        try
        {
            return ListenAddress.Parse(text, UsesTls);
        }
        catch (FormatException error)
        {
            throw Invalid(text, nameof(options.Hosts), error.Message);
        }
    }

    private TimeSpan ShutdownTimeout() =>
        InRange(options.ShutdownTimeout, nameof(options.ShutdownTimeout), 15, -1, int.MaxValue / 1000) is >= 0 and int seconds
            ? TimeSpan.FromSeconds(seconds)
            : Timeout.InfiniteTimeSpan;

    private string[] Labels()
    {
        foreach (var same in options.Labels!.Distinct().GroupBy(label => SplitPair(label, nameof(options.Labels)).Key))
        {
            if (same.Count() > 1)
            {
                throw new ConfigurationException($"conflict labels for {string.Join(" and ", same)}");
            }
        }

        return options.Labels!.Distinct().ToArray();
    }

    /// <summary>HOST, HOST:PORT or a range of addresses; a scheme that people write before it is left out, as by dockerd.</summary>
    private string InsecureRegistry(string text)
    {
        string name = text.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? text[7..] : text.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? text[8..] : text;
        bool isHost = name.Length > 0 && !name.StartsWith('-') && !name.Contains('/') && Uri.TryCreate($"https://{name}/", UriKind.Absolute, out Uri? url) && url.UserInfo.Length == 0;
        return isHost || IPNetwork.TryParse(name, out _)
            ? name
            : throw Invalid(text, nameof(options.InsecureRegistries), "it must be a host, host:port or a CIDR");
    }

    private string Mirror(string text) => Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri.Scheme is ("http" or "https") && uri.Query.Length == 0 && uri.Fragment.Length == 0
        && uri.UserInfo.Length == 0
        ? text
        : throw Invalid(text, nameof(options.RegistryMirrors), "it must be an http or https URL");

    private string Origin(string property) => origins[property];

    private ConfigurationException Invalid(string value, string property, string reason) =>
        new($"invalid value \"{value}\" for {Origin(property)}: {reason}");

    private ConfigurationException Unavailable(string property) => new($"{Origin(property)} is not available in this version of rtd");
}
