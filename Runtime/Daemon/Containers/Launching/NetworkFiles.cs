using System.Net;
using System.Text;
using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Containers.Linking;
using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Containers.Validation;
using Rtd.Daemon.Networking;

namespace Rtd.Daemon.Containers.Launching;

/// <summary>Writes hosts, hostname and resolv.conf into a container's directory, from where they are bound into the container.</summary>
internal sealed class NetworkFiles(ContainerFiles files, ContainerDefaults defaults)
{
    // Two containers that one is linked to may start at the same time.
    private static readonly Lock s_relinking = new();

    /// <summary>Writes the three for a start. A container that shares another one's network has none of its own.</summary>
    public void Write(ContainerRecord record, ISandbox? network, IReadOnlyList<LinkedContainer> links)
    {
        bool onHost = NetworkMode.Parse(record.HostConfig.NetworkMode).Kind == NetworkModeKind.Host;
        IReadOnlyList<string> extra = record.HostConfig.ExtraHosts ?? [];
        IReadOnlyList<IPAddress> gateways = defaults.HostGateways.Count > 0 ? defaults.HostGateways : network?.HostGateways ?? [];
        string hosts = onHost
            ? HostsFile.BuildFromHost(ReadIfPresent(defaults.HostHosts), gateways, extra)
            : HostsFile.Build(record.Config, network?.Endpoints ?? [], gateways, extra, links);
        Write(files.HostsPath(record.Id), hosts);
        Write(files.HostnamePath(record.Id), record.Config.Hostname + "\n");
        WriteResolvConf(record, network);
    }

    public void WriteResolvConf(ContainerRecord record, ISandbox? network)
    {
        bool onHost = NetworkMode.Parse(record.HostConfig.NetworkMode).Kind == NetworkModeKind.Host;
        Write(files.ResolvConfPath(record.Id), network is { HasResolver: true } ? ResolverText(record.HostConfig) : ResolvConfText(record.HostConfig, onHost));
    }

    /// <summary>Adds a line for a network that has come while the container runs; what was edited inside stays.</summary>
    public void AddHost(ContainerRecord record, IEndpoint endpoint) =>
        File.AppendAllText(files.HostsPath(record.Id), HostsFile.OwnLines(record.Config, endpoint));

    /// <summary>Takes the lines of a network away that is gone; all else stays as it is. In place: the file is bound into the container.</summary>
    public void RemoveHost(ContainerRecord record, IEndpoint endpoint)
    {
        string path = files.HostsPath(record.Id);
        string text = ReadIfPresent(path);
        foreach (string line in HostsFile.OwnLines(record.Config, endpoint).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            text = text.Replace(line + "\n", "", StringComparison.Ordinal);
        }

        File.WriteAllText(path, text);
    }

    /// <summary>A linked container has another address now. In place, as above.</summary>
    public void Relink(ContainerRecord record, LinkedContainer link)
    {
        lock (s_relinking)
        {
            string path = files.HostsPath(record.Id);
            string text = ReadIfPresent(path);
            string relinked = HostsFile.Relink(text, link);
            if (relinked != text)
            {
                File.WriteAllText(path, relinked);
            }
        }
    }

    /// <summary>All that a container asks of its networks.</summary>
    public SandboxRequest Request(ContainerRecord record, IReadOnlyList<LinkedContainer> links) => new()
    {
        ContainerId = record.Id,
        Endpoints = EndpointRequests.All(record, links),
        Ports = PortSpecs.Bindings(record.HostConfig, record.Config),
        NameServers = ResolvConf.NameServers(HostResolvConf(onHost: false), Given(record.HostConfig.Dns, defaults.Dns)),
        NdotsSet = Given(record.HostConfig.DnsOptions, defaults.DnsOptions).Any(option => option.StartsWith("ndots:", StringComparison.Ordinal) && option != "ndots:0"),
    };

    private string ResolverText(HostConfig host) => ResolvConf.BuildForResolver(
        HostResolvConf(onHost: false), Given(host.DnsSearch, defaults.DnsSearch), Given(host.DnsOptions, defaults.DnsOptions));

    private string ResolvConfText(HostConfig host, bool onHost) => ResolvConf.Build(
        HostResolvConf(onHost),
        Given(host.Dns, defaults.Dns),
        Given(host.DnsSearch, defaults.DnsSearch),
        Given(host.DnsOptions, defaults.DnsOptions),
        keepLoopback: onHost);

    private string HostResolvConf(bool onHost)
    {
        string text = ReadIfPresent(defaults.HostResolvConf);
        return !onHost && ResolvConf.OnlyLoopback(text) && File.Exists(defaults.ResolvedResolvConf) ? File.ReadAllText(defaults.ResolvedResolvConf) : text;
    }

    private static IReadOnlyList<string> Given(List<string>? own, IReadOnlyList<string> fallback) => own is { Count: > 0 } ? own : fallback;

    private static string ReadIfPresent(string path) => File.Exists(path) ? File.ReadAllText(path) : "";

    /// <summary>In place, with the mode that lets a container's users read it: no state of ours, made anew at every start.</summary>
    private static void Write(string path, string text)
    {
        File.WriteAllBytes(path, Encoding.UTF8.GetBytes(text));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
    }
}
