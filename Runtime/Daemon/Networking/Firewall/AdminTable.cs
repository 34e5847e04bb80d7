namespace Rtd.Daemon.Networking.Firewall;

/// <summary>
/// A table for the admin's own rules, made when it is not there and never changed: its chain sees forwarded packets before ours do, and what it
/// drops stays dropped. (What DOCKER-USER is for iptables.)
/// </summary>
internal static class AdminTable
{
    private const string Chain = "forward";

    /// <summary>Before our chain, which is at 0, and after conntrack, which is at -200.</summary>
    private const int Priority = -10;

    public static string NameOf(string table) => table + "-admin";

    /// <summary>Lists the chain; fails when it is not there.</summary>
    public static string List(string table, FirewallFamily family) => $"list chain {family.Name} {NameOf(table)} {Chain}";

    /// <summary>Lists all of the table.</summary>
    public static string ListAll(string table, FirewallFamily family) => $"list table {family.Name} {NameOf(table)}";

    public static string Create(string table, FirewallFamily family) =>
        $"add table {family.Name} {NameOf(table)}\nadd chain {family.Name} {NameOf(table)} {Chain} {{ type filter hook forward priority {Priority}; policy accept; }}\n";

    public static string Remove(string table, FirewallFamily family) => $"delete table {family.Name} {NameOf(table)}\n";

    /// <summary>Whether a listing shows nothing but the chain as it was made.</summary>
    public static bool IsUntouched(string listing) =>
        listing.Contains("policy accept", StringComparison.Ordinal)
        && listing.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is [_, _, _, "}", "}"];
}
