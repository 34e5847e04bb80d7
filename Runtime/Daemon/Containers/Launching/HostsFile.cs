using System.Net;
using System.Text;
using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Containers.Linking;
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
    /// <param name="gateways">What host-gateway stands for; empty makes it an error.</param>
    /// <param name="extra">Entries as <c>--add-host</c> gives them.</param>
    /// <param name="links">Containers that this one is linked to.</param>
    public static string Build(
        ContainerConfig config, IReadOnlyList<IEndpoint> own, IReadOnlyList<IPAddress> gateways, IReadOnlyList<string> extra, IReadOnlyList<LinkedContainer> links)
    {
        StringBuilder text = new(Loopback);
        AppendExtra(text, extra, gateways);
        foreach (LinkedContainer link in links)
        {
            text.Append(link.HostLines);
        }

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
    public static string BuildFromHost(string host, IReadOnlyList<IPAddress> gateways, IReadOnlyList<string> extra)
    {
        StringBuilder text = new(host);
        if (host.Length > 0 && !host.EndsWith('\n'))
        {
            text.Append('\n');
        }

        AppendExtra(text, extra, gateways.Count > 0 ? gateways : [IPAddress.Loopback]);
        return text.ToString();
    }

    /// <summary>The file with the present addresses of a linked container in the place of its former ones.</summary>
    public static string Relink(string text, LinkedContainer link)
    {
        string[] lines = text.Split('\n');
        int place = Array.FindIndex(lines, line => IsOf(line, link));
        return place < 0 ? text : string.Join('\n', lines.Take(place)) + (place > 0 ? "\n" : "") + link.HostLines
            + string.Join('\n', lines.Skip(place).Where(line => !IsOf(line, link)));
    }

    private static bool IsOf(string line, LinkedContainer link) => line.EndsWith("\t" + link.HostNames, StringComparison.Ordinal);

    private static void AppendExtra(StringBuilder text, IReadOnlyList<string> extra, IReadOnlyList<IPAddress> gateways)
    {
        foreach (string entry in extra)
        {
            (string name, string address) = CreateRules.SplitExtraHost(entry);
            if (address == CreateRules.HostGateway && gateways.Count == 0)
            {
                throw EngineException.InvalidParameter("unable to derive the IP value for host-gateway: the container's network has no gateway");
            }

            foreach (string value in address == CreateRules.HostGateway ? gateways.Select(gateway => gateway.ToString()) : [address])
            {
                text.Append(value).Append('\t').Append(name).Append('\n');
            }
        }
    }
}
