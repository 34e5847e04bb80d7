using System.Net;
using System.Text;
using Rtd.Daemon.Networking;

namespace Rtd.Daemon.Containers.Launching;

/// <summary>A container's resolv.conf, from the host's and what was asked for.</summary>
internal static class ResolvConf
{
    /// <summary>When the host names no server that a container can reach, as with Docker.</summary>
    private static readonly string[] s_publicServers = ["8.8.8.8", "8.8.4.4"];

    private const string Header = "# Made for this container when it was started\n";

    /// <summary>For a container whose names the engine resolves: words without a dot are asked for as they are first, as with Docker.</summary>
    public static string BuildForResolver(string host, IReadOnlyList<string> search, IReadOnlyList<string> options)
    {
        IReadOnlyList<string> usedSearch = search.Count > 0 ? [.. search.Where(domain => domain != ".")] : Words(host, "search");
        List<string> usedOptions = [.. options.Count > 0 ? options : Words(host, "options")];
        if (!usedOptions.Exists(option => option.StartsWith("ndots:", StringComparison.Ordinal)))
        {
            usedOptions.Add("ndots:0");
        }

        StringBuilder text = new(Header);
        text.Append("nameserver 127.0.0.11\n");
        AppendLine(text, "search", usedSearch);
        AppendLine(text, "options", usedOptions);
        return text.ToString();
    }

    /// <summary>Whom the engine's resolver asks: the servers asked for, else the host's; those on the host's loopback and links are asked by the host.</summary>
    public static IReadOnlyList<NameServer> NameServers(string host, IReadOnlyList<string> servers)
    {
        IReadOnlyList<string> used = servers.Count > 0 ? servers : Words(host, "nameserver");
        List<NameServer> parsed = [];
        foreach (string server in used)
        {
            if (IPAddress.TryParse(server, out IPAddress? address))
            {
                bool ofHost = servers.Count == 0;
                parsed.Add(new NameServer(address, ofHost && (IPAddress.IsLoopback(address) || address.IsIPv6LinkLocal), ofHost));
            }
        }

        return parsed;
    }

    /// <param name="host">Text of the host's file.</param>
    /// <param name="servers">Asked for; empty takes the host's.</param>
    /// <param name="search">Asked for; "." alone means none at all.</param>
    /// <param name="keepLoopback">The container shares the host's network, so its servers on 127.0.0.0/8 can be reached.</param>
    public static string Build(string host, IReadOnlyList<string> servers, IReadOnlyList<string> search, IReadOnlyList<string> options, bool keepLoopback)
    {
        IReadOnlyList<string> usedServers = servers.Count > 0 ? servers : Servers(host, keepLoopback);
        IReadOnlyList<string> usedSearch = search.Count > 0 ? [.. search.Where(domain => domain != ".")] : Words(host, "search");
        IReadOnlyList<string> usedOptions = options.Count > 0 ? options : Words(host, "options");
        StringBuilder text = new(Header);
        foreach (string server in usedServers)
        {
            text.Append("nameserver ").Append(server).Append('\n');
        }

        AppendLine(text, "search", usedSearch);
        AppendLine(text, "options", usedOptions);
        return text.ToString();
    }

    /// <summary>True when all servers are on the loopback, as with the stub of systemd-resolved.</summary>
    public static bool OnlyLoopback(string host) => Words(host, "nameserver") is { Count: > 0 } servers && servers.All(IsLoopback);

    private static IReadOnlyList<string> Servers(string host, bool keepLoopback)
    {
        IReadOnlyList<string> all = Words(host, "nameserver");
        IReadOnlyList<string> usable = keepLoopback ? all : [.. all.Where(server => !IsLoopback(server))];
        return usable.Count > 0 ? usable : s_publicServers;
    }

    private static bool IsLoopback(string server) => IPAddress.TryParse(server.Split('%')[0], out IPAddress? address) && IPAddress.IsLoopback(address);

    /// <summary>nameserver lines add up; of search (or its old form, domain) and options the last line counts.</summary>
    private static IReadOnlyList<string> Words(string host, string keyword)
    {
        List<string> words = [];
        foreach (string line in host.Split('\n'))
        {
            string[] parts = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length < 2 || !(parts[0] == keyword || (keyword == "search" && parts[0] == "domain")))
            {
                continue;
            }

            if (keyword == "nameserver")
            {
                words.Add(parts[1]);
            }
            else
            {
                words = [.. parts.Skip(1)];
            }
        }

        return words;
    }

    private static void AppendLine(StringBuilder text, string keyword, IReadOnlyList<string> words)
    {
        if (words.Count > 0)
        {
            text.Append(keyword).Append(' ').AppendJoin(' ', words).Append('\n');
        }
    }
}
