using NLog;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Networking.Links;

namespace Rtd.Daemon.Networking.Firewall;

/// <summary>Our nft table: what it should hold, and the scripts that make it so.</summary>
/// <remarks>
/// A change is written as the few elements it is. If that fails (someone flushed the ruleset), the table is made anew from what it should
/// hold, so one flush by another program heals with the next container.
/// </remarks>
internal sealed class PacketFilter(Nftables nft, ConnectionTable connections, string table) : IDisposable
{
    private static readonly Logger s_log = LogManager.GetLogger("network");

    private readonly Lock _gate = new();
    private readonly List<FirewallNetwork> _networks = [];
    private readonly HashSet<PublishedPort> _ports = [];
    private string _shape = "";
    private bool _removed;

    /// <summary>Adds a network, or replaces the one of the same bridge.</summary>
    public void AddNetwork(FirewallNetwork network)
    {
        lock (_gate)
        {
            FirewallNetwork? known = _networks.Find(n => n.Bridge == network.Bridge);
            _networks.RemoveAll(n => n.Bridge == network.Bridge);
            _networks.Add(network);
            try
            {
                RunOrCreate((known is null ? "" : FirewallRuleset.Delete(table, known)) + FirewallRuleset.Add(table, network));
            }
            catch
            {
                _networks.Remove(network);
                throw;
            }
        }
    }

    /// <summary>Takes a network out; one that is not there is out already.</summary>
    public void RemoveNetwork(string bridge)
    {
        lock (_gate)
        {
            if (_networks.Find(n => n.Bridge == bridge) is { } known)
            {
                _networks.Remove(known);
                RunOrCreate(FirewallRuleset.Delete(table, known));
            }
        }
    }

    /// <summary>Puts back what somebody else has taken away; harmless when nothing is missing.</summary>
    public void Reassert()
    {
        lock (_gate)
        {
            if (_removed || _shape == Shape())
            {
                return;
            }

            s_log.Warn("the firewall's tables were changed by another program: table {0} is made anew", table);
            Create();
        }
    }

    /// <summary>Makes the table anew; whatever a former daemon left in it is gone.</summary>
    public void Reset()
    {
        lock (_gate)
        {
            Create();
        }
    }

    public void Publish(IReadOnlyList<PublishedPort> ports)
    {
        lock (_gate)
        {
            _ports.UnionWith(ports);
            try
            {
                RunOrCreate(FirewallRuleset.Add(table, ports));
            }
            catch
            {
                _ports.ExceptWith(ports);
                throw;
            }
        }

        connections.ForgetUntranslated(ports);
    }

    public void Withdraw(IReadOnlyList<PublishedPort> ports)
    {
        lock (_gate)
        {
            _ports.ExceptWith(ports);
            RunOrCreate(FirewallRuleset.Delete(table, ports));
        }

        connections.ForgetTranslated(ports);
    }

    /// <summary>Removes the table.</summary>
    public void Remove()
    {
        lock (_gate)
        {
            _removed = true;
            nft.Run(FirewallRuleset.Remove(table));
        }
    }

    /// <summary>Foreign chains on the forward hook whose policy drops: an accept of ours cannot overrule them, so the user is to know.</summary>
    public IReadOnlyList<string> ForeignForwardDrops()
    {
        List<string> found = [];
        string currentTable = "", currentChain = "";
        foreach (string line in nft.Run("list chains").Split('\n'))
        {
            string text = line.Trim();
            if (text.StartsWith("table ", StringComparison.Ordinal))
            {
                currentTable = text.TrimEnd(' ', '{');
            }
            else if (text.StartsWith("chain ", StringComparison.Ordinal))
            {
                currentChain = text.TrimEnd(' ', '{');
            }
            else if (text.Contains("hook forward", StringComparison.Ordinal) && text.Contains("policy drop", StringComparison.Ordinal)
                && (currentTable.StartsWith("table ip ", StringComparison.Ordinal) || currentTable.StartsWith("table ip6 ", StringComparison.Ordinal) || currentTable.StartsWith("table inet ", StringComparison.Ordinal)))
            {
                found.Add($"{currentTable} {currentChain}");
            }
        }

        return found;
    }

    public void Dispose()
    {
        nft.Dispose();
        connections.Dispose();
    }

    private void RunOrCreate(string script)
    {
        if (script.Length == 0)
        {
            return;
        }

        try
        {
            nft.Run(script);
        }
        catch (EngineException e)
        {
            s_log.Warn("{0}; table {1} is made anew", e.Message, table);
            Create();
        }
    }

    private void Create()
    {
        nft.Run(FirewallRuleset.Create(table, _networks, _ports));
        _shape = Shape();
        if (_shape.Length == 0)
        {
            throw EngineException.System($"firewall: the tables {table} were taken away as soon as they were made");
        }
    }

    /// <summary>Our chains as they are; "" when one is missing.</summary>
    private string Shape()
    {
        try
        {
            return string.Concat(FirewallRuleset.ListChains(table).Select(nft.Run));
        }
        catch (EngineException)
        {
            return ""; // nft says no such chain
        }
    }
}
