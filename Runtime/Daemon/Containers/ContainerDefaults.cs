using System.Net;
using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Execution.Oci;
using Rtd.Daemon.UserNamespaces;

namespace Rtd.Daemon.Containers;

/// <summary>The daemon-wide settings that containers are made with.</summary>
internal sealed record ContainerDefaults
{
    /// <summary>Such as /var/lib/rtd.</summary>
    public required string DataRoot { get; init; }

    /// <summary>Such as /run/rtd; a tmpfs or anything else that a reboot empties.</summary>
    public required string ExecRoot { get; init; }

    /// <summary>Where cgroups of containers go unless they name a parent.</summary>
    public string CgroupParent { get; init; } = "/rtd";

    public IReadOnlyList<Ulimit> Ulimits { get; init; } = [];

    /// <summary>Bytes of /dev/shm.</summary>
    public long ShmSize { get; init; } = 64 * 1024 * 1024;

    public IReadOnlyList<string> Dns { get; init; } = [];

    public IReadOnlyList<string> DnsSearch { get; init; } = [];

    public IReadOnlyList<string> DnsOptions { get; init; } = [];

    /// <summary>What <c>host-gateway</c> of <c>--add-host</c> stands for; empty: the gateway of the container.</summary>
    public IReadOnlyList<IPAddress> HostGateways { get; init; } = [];

    public string LogDriver { get; init; } = "json-file";

    public IReadOnlyDictionary<string, string> LogOptions { get; init; } = new Dictionary<string, string>();

    /// <summary>Stay as a reaping pid 1 unless a container says otherwise.</summary>
    public bool Init { get; init; }

    public bool NoNewPrivileges { get; init; }

    /// <summary>For containers that do not say: builtin, unconfined, or a profile in Docker's JSON format.</summary>
    public string SeccompProfile { get; init; } = "builtin";

    /// <summary>AppArmor confines containers here.</summary>
    public bool AppArmor { get; init; }

    /// <summary>The ids of containers that have a user namespace, which are those that do not ask for the host's; null: none has.</summary>
    public IdMaps? Remap { get; init; }

    /// <summary>shareable or private, for containers that do not say.</summary>
    public string IpcMode { get; init; } = "private";

    /// <summary>host or private, for containers that do not say.</summary>
    public string CgroupnsMode { get; init; } = "private";

    /// <summary>Other runtimes, by the names that containers ask for them by.</summary>
    public IReadOnlyDictionary<string, OciRuntime> Runtimes { get; init; } = new Dictionary<string, OciRuntime>();

    /// <summary>For containers that do not say: one of them, or <see cref="OciRuntime.Native"/>.</summary>
    public string Runtime { get; init; } = OciRuntime.Native;

    /// <summary>From the stop signal to SIGKILL unless a container says otherwise.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many containers are started at once by restart policies when the daemon starts.</summary>
    public int ParallelStarts { get; init; } = 8;

    public string HostResolvConf { get; init; } = "/etc/resolv.conf";

    /// <summary>Where systemd-resolved keeps the real servers when the file above names only its stub.</summary>
    public string ResolvedResolvConf { get; init; } = "/run/systemd/resolve/resolv.conf";

    public string HostHosts { get; init; } = "/etc/hosts";

    /// <summary>The ids of a container's user namespace; null when it has the host's.</summary>
    public IdMaps? RemapOf(HostConfig host) => host.UsernsMode == "host" ? null : Remap;
}
