namespace Rtd.Daemon.Networking.Firewall;

/// <summary>A chain of another program on the forward hook, as nft lists it.</summary>
/// <param name="Table">With its family: <c>ip filter</c>.</param>
internal sealed record ForeignChain(string Table, string Chain, bool DropsByPolicy)
{
    /// <summary><c>table ip filter chain FORWARD</c></summary>
    public string Name => $"table {Table} chain {Chain}";

    public string ListScript => $"list chain {Table} {Chain}";

    /// <summary>Those that see forwarded IPv4 or IPv6 packets.</summary>
    /// <param name="listing">Of <c>list chains</c>.</param>
    /// <param name="except">Names of tables that are not foreign.</param>
    public static List<ForeignChain> OnForward(string listing, IReadOnlyCollection<string> except)
    {
        List<ForeignChain> found = [];
        string table = "", chain = "";
        foreach (string line in listing.Split('\n', StringSplitOptions.TrimEntries))
        {
            if (line.StartsWith("table ", StringComparison.Ordinal))
            {
                table = line["table ".Length..].TrimEnd(' ', '{');
            }
            else if (line.StartsWith("chain ", StringComparison.Ordinal))
            {
                chain = line["chain ".Length..].TrimEnd(' ', '{');
            }
            else if (line.StartsWith("type filter hook forward", StringComparison.Ordinal)
                && table.Split(' ') is ["ip" or "ip6" or "inet", var name] && !except.Contains(name))
            {
                found.Add(new ForeignChain(table, chain, line.Contains("policy drop", StringComparison.Ordinal)));
            }
        }

        return found;
    }

    /// <summary>The last rule drops or rejects whatever comes to it, as firewalld's does.</summary>
    /// <param name="listing">Of <c>list chain</c>.</param>
    public static bool EndsInDrop(string listing)
    {
        string[] lines = listing.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string last = lines.LastOrDefault(line => line != "}" && !line.StartsWith('#')) ?? "";
        string[] words = last.Split(' ');
        return words is ["drop" or "reject", ..] or ["counter", "packets", _, "bytes", _, "drop" or "reject", ..];
    }
}
