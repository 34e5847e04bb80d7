using System.Net;
using System.Text;
using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Containers.Validation;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Networking;

namespace Rtd.Daemon.Containers.Launching;

/// <summary>A container's /etc/hosts.</summary>
internal static class HostsFile
{
    private const string Loopback =
        """
        127.0.0.1	localhost
        ::1	localhost ip6-localhost ip6-loopback
        fe00::	ip6-localnet
        ff00::	ip6-mcastprefix
        ff02::1	ip6-allnodes
        ff02::2	ip6-allrouters

        """;

    /// <param name="own">The container's networks.</param>
    /// <param name="gateway">The one whose gateway host-gateway stands for, or null.</param>
    /// <param name="extra">Entries as <c>--add-host</c> gives them.</param>
    public static string Build(ContainerConfig config, IReadOnlyList<IEndpoint> own, IEndpoint? gateway, IReadOnlyList<string> extra)
    {
        StringBuilder text = new(Loopback);
        AppendExtra(text, extra, gateway?.Gateway ?? gateway?.GatewayV6);
        foreach (IEndpoint endpoint in own)
        {
            text.Append(OwnLines(config, endpoint));
        }

        return text.ToString();
    }

    /// <summary>The container's own name at its addresses on one network.</summary>
    public static string OwnLines(ContainerConfig config, IEndpoint endpoint)
    {
        string names = config.Domainname.Length > 0 ? $"{config.Hostname}.{config.Domainname} {config.Hostname}" : config.Hostname;
        return string.Concat(new[] { endpoint.Address, endpoint.AddressV6 }.OfType<IPAddress>().Select(address => $"{address}\t{names}\n"));
    }

    /// <summary>The host's file with the extra entries, for a container in the host's network.</summary>
    public static string BuildFromHost(string host, IReadOnlyList<string> extra)
    {
        StringBuilder text = new(host);
        if (host.Length > 0 && !host.EndsWith('\n'))
        {
            text.Append('\n');
        }

        AppendExtra(text, extra, IPAddress.Loopback);
        return text.ToString();
    }

    private static void AppendExtra(StringBuilder text, IReadOnlyList<string> extra, IPAddress? gateway)
    {
        foreach (string entry in extra)
        {
            (string name, string address) = CreateRules.SplitExtraHost(entry);
            string value = address == CreateRules.HostGateway
                ? gateway?.ToString() ?? throw EngineException.InvalidParameter("unable to derive the IP value for host-gateway: the container's network has no gateway")
                : address;
            text.Append(value).Append('\t').Append(name).Append('\n');
        }
    }
}
