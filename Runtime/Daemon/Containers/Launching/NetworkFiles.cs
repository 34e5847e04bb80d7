using System.Text;
using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Containers.Validation;
using Rtd.Daemon.Networking;

namespace Rtd.Daemon.Containers.Launching;

/// <summary>Writes hosts, hostname and resolv.conf into a container's directory, from where they are bound into the container.</summary>
internal sealed class NetworkFiles(ContainerFiles files, ContainerDefaults defaults)
{
    /// <summary>Writes the three for a start. A container that shares another one's network has none of its own.</summary>
    public void Write(ContainerRecord record, IEndpoint? endpoint)
    {
        bool onHost = NetworkMode.Parse(record.HostConfig.NetworkMode).Kind == NetworkModeKind.Host;
        IReadOnlyList<string> extra = record.HostConfig.ExtraHosts ?? [];
        string hosts = onHost
            ? HostsFile.BuildFromHost(ReadIfPresent(defaults.HostHosts), extra)
            : HostsFile.Build(record.Config, endpoint?.Address, endpoint?.Gateway, extra);
        Write(files.HostsPath(record.Id), hosts);
        Write(files.HostnamePath(record.Id), record.Config.Hostname + "\n");
        Write(files.ResolvConfPath(record.Id), ResolvConfText(record.HostConfig, onHost));
    }

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
