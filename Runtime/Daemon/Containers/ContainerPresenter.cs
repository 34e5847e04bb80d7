using System.Globalization;
using Rtd.Daemon.Api;
using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Containers.Execs;
using Rtd.Daemon.Containers.Health;
using Rtd.Daemon.Containers.Launching;
using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Containers.Text;
using Rtd.Daemon.Containers.Validation;
using Rtd.Daemon.Logging;
using Rtd.Daemon.Networking;

namespace Rtd.Daemon.Containers;

/// <summary>Shows containers in the shapes of the API. It reads snapshots and waits for nobody.</summary>
internal sealed class ContainerPresenter(ContainerDependencies parts, ContainerFiles files, ContainerStore store, ExecStore execs, ContainerLauncher launcher)
{
    private static readonly string[] s_statusNames = [.. Enum.GetValues<ContainerStatus>().Select(status => status.ToString().ToLowerInvariant())];

    public ContainerInspect Inspect(Container container, bool withSize)
    {
        ContainerRecord record = container.Record;
        ContainerRun? run = container.Run;
        string id = record.Id;
        long? size = withSize ? parts.Layers.Size(id) : null;
        return new ContainerInspect
        {
            Id = id,
            Created = Timestamps.Format(record.Created),
            Path = record.Command[0],
            Args = record.Command[1..],
            State = State(record.State),
            Image = record.ImageId,
            ResolvConfPath = Written(record, files.ResolvConfPath(id)),
            HostnamePath = Written(record, files.HostnamePath(id)),
            HostsPath = Written(record, files.HostsPath(id)),
            LogPath = record.HostConfig.LogConfig.Type == LogDrivers.Default ? files.LogPath(id) : "",
            Name = "/" + record.Name,
            RestartCount = record.RestartCount,
            Driver = parts.Layers.DriverName,
            AppArmorProfile = launcher.AppArmorProfile(record.HostConfig),
            ExecIDs = execs.RunningIn(id) is { Count: > 0 } running ? running : null,
            HostConfig = Shown(record),
            GraphDriver = new GraphDriverData { Name = parts.Layers.DriverName, Data = parts.Layers.Describe(id).ToDictionary() },
            SizeRw = size,
            SizeRootFs = record.ImageSize + size,
            Mounts = Mounts(record),
            Config = record.Config,
            NetworkSettings = NetworkSettings(record, run),
        };
    }

    /// <param name="images">Kept over a list.</param>
    public ContainerSummary Summarize(Container container, bool withSize, DateTimeOffset now, IEnumerable<string> linkNames, ImageNames images)
    {
        ContainerRecord record = container.Record;
        long? size = withSize ? parts.Layers.Size(record.Id) : null;
        return new ContainerSummary
        {
            Id = record.Id,
            Names = ["/" + record.Name, .. linkNames],
            Image = images.NameOf(record),
            ImageID = record.ImageId,
            Command = string.Join(' ', record.Command.Select((word, index) => index > 0 && word.Contains(' ') ? $"'{word}'" : word)),
            Created = record.Created.ToUnixTimeSeconds(),
            Ports = Ports(record, container.Run),
            SizeRw = size,
            SizeRootFs = record.ImageSize + size,
            Labels = record.Config.Labels ?? [],
            State = StatusName(record.State.Status),
            Status = ContainerStatusText.Format(record.State, now),
            HostConfig = new ContainerSummaryHost { NetworkMode = record.HostConfig.NetworkMode, Annotations = record.HostConfig.Annotations },
            NetworkSettings = new ContainerSummaryNetworks { Networks = Networks(record, container.Run) },
            Mounts = Mounts(record),
        };
    }

    /// <summary>With links as Docker shows them, <c>/target:/container/alias</c>, under the targets' present names.</summary>
    private HostConfig Shown(ContainerRecord record)
    {
        if (record.Links.Count == 0)
        {
            return record.HostConfig;
        }

        HostConfig shown = Json.Decode<HostConfig>(Json.Encode(record.HostConfig));
        shown.Links = [.. record.Links.Select(link => (link.Alias, Target: store.Find(link.TargetId)))
            .Where(link => link.Target is not null)
            .Select(link => $"/{link.Target!.Record.Name}:/{record.Name}/{link.Alias}")];
        return shown;
    }

    public static string StatusName(ContainerStatus status) => s_statusNames[(int)status];

    /// <summary>Exposed ports, and the published ones of a running container.</summary>
    public static List<PortSummary> Ports(ContainerRecord record, ContainerRun? run)
    {
        IReadOnlyList<PortBinding> published = run?.Network?.Ports ?? [];
        List<PortSummary> ports = [];
        foreach (PortBinding binding in published)
        {
            ports.Add(new PortSummary
            {
                IP = binding.HostAddress.ToString(),
                PrivatePort = binding.ContainerPort,
                PublicPort = binding.HostPort,
                Type = binding.Protocol,
            });
        }

        if (run is not null)
        {
            foreach ((int port, string protocol) in Exposed(record).Where(port => !published.Any(binding => Same(binding, port))))
            {
                ports.Add(new PortSummary { PrivatePort = port, Type = protocol });
            }
        }

        return ports;
    }

    private static IEnumerable<(int Port, string Protocol)> Exposed(ContainerRecord record) => record.Config.ExposedPorts is null or { Count: 0 } && record.HostConfig.PortBindings is null or { Count: 0 }
        ? []
        : (record.Config.ExposedPorts ?? []).Keys.Concat((record.HostConfig.PortBindings ?? []).Keys).Select(PortSpecs.ParseContainerPort).Distinct();

    private static bool Same(PortBinding binding, (int Port, string Protocol) port) => binding.ContainerPort == port.Port && binding.Protocol == port.Protocol;

    /// <summary>The network files are made at the first start.</summary>
    private static string Written(ContainerRecord record, string path) => record.State.StartedAt is null ? "" : path;

    private static ContainerInspectState State(ContainerState state) => new()
    {
        Status = StatusName(state.Status),
        Running = state.Running,
        Paused = state.Status == ContainerStatus.Paused,
        Restarting = state.Status == ContainerStatus.Restarting,
        OOMKilled = state.OOMKilled,
        Dead = state.Status == ContainerStatus.Dead,
        Pid = state.Pid,
        ExitCode = state.ExitCode,
        Error = state.Error,
        StartedAt = Timestamps.Format(state.StartedAt),
        FinishedAt = Timestamps.Format(state.FinishedAt),
        Health = state.Health is { } health ? Health(health) : null,
    };

    private static ContainerHealth Health(HealthState health) => new()
    {
        Status = health.StatusName,
        FailingStreak = health.FailingStreak,
        Log = [.. health.Log.Select(result => new ContainerHealthResult
        {
            Start = Timestamps.Format(result.Start),
            End = Timestamps.Format(result.End),
            ExitCode = result.ExitCode,
            Output = result.Output,
        })],
    };

    private static List<MountPointSummary> Mounts(ContainerRecord record) => record.Mounts.Count == 0 ? [] : record.Mounts.Where(mount => !mount.Hidden).Select(mount => new MountPointSummary
    {
        Type = mount.Type,
        Name = mount.Name.Length > 0 ? mount.Name : null,
        Source = mount.Source,
        Destination = mount.Destination,
        Driver = mount.Type == MountPoint.Volume ? mount.Driver : null,
        Mode = mount.Mode,
        RW = mount.Writable,
        Propagation = mount.Propagation,
    }).ToList();

    private NetworkSettings NetworkSettings(ContainerRecord record, ContainerRun? run)
    {
        Dictionary<string, EndpointSettings> networks = Networks(record, run);
        NetworkSettings settings = new()
        {
            SandboxID = run is null ? "" : record.Id,
            SandboxKey = run is null ? "" : string.Create(CultureInfo.InvariantCulture, $"/proc/{run.Process.Identity.Pid}/ns/net"),
            Networks = networks,
            Ports = PortMap(record, run),
        };
        if (networks.TryGetValue(NetworkMode.Bridge, out EndpointSettings? bridge))
        {
            settings.EndpointID = bridge.EndpointID;
            settings.Gateway = bridge.Gateway;
            settings.IPAddress = bridge.IPAddress;
            settings.IPPrefixLen = bridge.IPPrefixLen;
            settings.MacAddress = bridge.MacAddress;
            settings.GlobalIPv6Address = bridge.GlobalIPv6Address;
            settings.GlobalIPv6PrefixLen = bridge.GlobalIPv6PrefixLen;
            settings.IPv6Gateway = bridge.IPv6Gateway;
        }

        return settings;
    }

    private static Dictionary<string, List<HostPort>?> PortMap(ContainerRecord record, ContainerRun? run)
    {
        Dictionary<string, List<HostPort>?> map = [];
        if (run?.Network is not { } network)
        {
            return map;
        }

        foreach ((int port, string protocol) in Exposed(record))
        {
            List<HostPort> hosts = network.Ports.Where(binding => Same(binding, (port, protocol))).Select(binding => new HostPort
            {
                HostIp = binding.HostAddress.ToString(),
                Port = binding.HostPort.ToString(CultureInfo.InvariantCulture),
            }).ToList();
            map[string.Create(CultureInfo.InvariantCulture, $"{port}/{protocol}")] = hosts.Count > 0 ? hosts : null;
        }

        return map;
    }

    private Dictionary<string, EndpointSettings> Networks(ContainerRecord record, ContainerRun? run)
    {
        NetworkMode mode = NetworkMode.Parse(record.HostConfig.NetworkMode);
        if (mode.Kind is NetworkModeKind.Host or NetworkModeKind.None)
        {
            return new Dictionary<string, EndpointSettings> { [mode.Name] = new() { NetworkID = parts.Networks.Lookup(mode.Name)?.Id ?? "" } };
        }

        IReadOnlyList<IEndpoint> endpoints = run?.Network?.Endpoints ?? [];
        Dictionary<string, EndpointSettings> shown = [];
        foreach ((string name, EndpointSettings asked) in record.Endpoints)
        {
            shown[name] = Shown(name, asked, endpoints.FirstOrDefault(endpoint => endpoint.NetworkName == name));
        }

        return shown;
    }

    private EndpointSettings Shown(string network, EndpointSettings asked, IEndpoint? endpoint) => new()
    {
        IPAMConfig = asked.IPAMConfig,
        Links = asked.Links,
        Aliases = asked.Aliases,
        DriverOpts = asked.DriverOpts,
        GwPriority = asked.GwPriority,
        NetworkID = endpoint?.NetworkId ?? parts.Networks.Lookup(network)?.Id ?? "",
        EndpointID = endpoint?.EndpointId ?? "",
        Gateway = endpoint?.Gateway?.ToString() ?? "",
        IPAddress = endpoint?.Address?.ToString() ?? "",
        IPPrefixLen = endpoint?.PrefixLength ?? 0,
        IPv6Gateway = endpoint?.GatewayV6?.ToString() ?? "",
        GlobalIPv6Address = endpoint?.AddressV6?.ToString() ?? "",
        GlobalIPv6PrefixLen = endpoint?.PrefixLengthV6 ?? 0,
        MacAddress = endpoint?.MacAddress ?? asked.MacAddress,
        DNSNames = endpoint is { DnsNames.Count: > 0 } ? [.. endpoint.DnsNames] : null,
    };
}
