using NLog;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Networking.Links;

namespace Rtd.Daemon.Networking.Firewall;

/// <summary>Our nft table: what it should hold, and the scripts that make it so.</summary>
/// <remarks>
/// A change is written as the few elements it is. If that fails (someone flushed the ruleset), the table is made anew from what it should
/// hold, so one flush by another program heals with the next container.
/// </remarks>
/// <param name="hairpin">Containers reach published ports by translation, see <see cref="FirewallRuleset"/>.</param>
internal sealed class PacketFilter(Nftables nft, ConnectionTable connections, string table, bool hairpin) : IDisposable
{
    private static readonly Logger s_log = LogManager.GetLogger("network");

    private readonly Lock _gate = new();
    private readonly List<FirewallNetwork> _networks = [];
    private readonly HashSet<PublishedPort> _ports = [];
    private readonly HashSet<LinkedPort> _linked = [];
    private string _shape = "";
    private IReadOnlyList<string> _foreign = [];
    private string[] _warnings = [];
    private bool _removed;
    private bool _postponed;

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

    /// <summary>Takes a network out; one that is not there is out already. If that fails it is in as before.</summary>
    /// <returns>What <see cref="AddNetwork"/> puts back, or null.</returns>
    public FirewallNetwork? RemoveNetwork(string bridge)
    {
        lock (_gate)
        {
            if (_networks.Find(n => n.Bridge == bridge) is not { } known)
            {
                return null;
            }

            _networks.Remove(known);
            try
            {
                RunOrCreate(FirewallRuleset.Delete(table, known));
                return known;
            }
            catch
            {
                _networks.Add(known);
                throw;
            }
        }
    }

    /// <summary>Opens ports between linked containers.</summary>
    public void Permit(IReadOnlyList<LinkedPort> ports)
    {
        lock (_gate)
        {
            List<LinkedPort> fresh = [.. ports.Where(_linked.Add)];
            try
            {
                RunOrCreate(FirewallRuleset.Add(table, fresh));
            }
            catch
            {
                _linked.ExceptWith(fresh);
                throw;
            }
        }
    }

    public void Revoke(IReadOnlyList<LinkedPort> ports)
    {
        lock (_gate)
        {
            RunOrCreate(FirewallRuleset.Delete(table, [.. ports.Where(_linked.Remove)]));
        }
    }

    /// <summary>Puts back what somebody else has taken away; harmless when nothing is missing.</summary>
    public void Reassert()
    {
        lock (_gate)
        {
            if (_removed || _postponed)
            {
                return;
            }

            MakeAdminTable();
            if (_shape == Shape())
            {
                return;
            }

            s_log.Warn("the firewall's tables were changed by another program: table {0} is made anew", table);
            Create();
        }
    }

    /// <summary>Leaves what a former daemon has made as it is, for its containers, until <see cref="Settle"/>: what comes until then is only noted.</summary>
    public void Postpone()
    {
        lock (_gate)
        {
            _postponed = true;
        }
    }

    /// <summary>Replaces what a former daemon has made by all that has come since, in one transaction.</summary>
    public void Settle()
    {
        lock (_gate)
        {
            if (_postponed)
            {
                _postponed = false;
                Create();
            }
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
        if (ports.Count > 0)
        {
            LookForForeignDrops(_foreign);
        }
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
            foreach (FirewallFamily family in FirewallFamily.All)
            {
                if (TryList(AdminTable.ListAll(table, family)) is { } listing && AdminTable.IsUntouched(listing))
                {
                    nft.Run(AdminTable.Remove(table, family));
                }
            }
        }
    }

    /// <summary>Lines for <c>info</c>: what outside of us stands in the containers' way. Of the legacy tables the kernel tells no changes, so they are looked at now.</summary>
    public IReadOnlyList<string> Warnings
    {
        get
        {
            LookForForeignDrops(_foreign);
            return _warnings;
        }
    }

    /// <summary>Looks for foreign chains that would drop what ours let through, and logs those that have come.</summary>
    public void LookForForeignDrops() => LookForForeignDrops(_foreign = ForeignForwardDrops());

    private void LookForForeignDrops(IReadOnlyList<string> foreign)
    {
        string[] warnings =
        [
            .. foreign.Concat(LegacyTables.ForwardDrops()).Select(chain =>
                $"WARNING: {chain} drops forwarded packets that its rules do not know: containers reach other hosts, and other hosts their ports, only where those rules say so"),
        ];
        foreach (string warning in warnings.Except(Interlocked.Exchange(ref _warnings, warnings)))
        {
            s_log.Warn(warning);
        }
    }

    /// <summary>Foreign chains on the forward hook that drop what they do not know: an accept of ours cannot overrule them, so the user is to know.</summary>
    /// <returns>Such as <c>table ip filter chain FORWARD</c>.</returns>
    public IReadOnlyList<string> ForeignForwardDrops()
    {
        lock (_gate)
        {
            List<ForeignChain> chains = ForeignChain.OnForward(nft.Run("list chains"), except: [table, AdminTable.NameOf(table)]);
            return [.. chains.Where(chain => chain.DropsByPolicy || TryList(chain.ListScript) is { } listing && ForeignChain.EndsInDrop(listing)).Select(chain => chain.Name)];
        }
    }

    public void Dispose()
    {
        nft.Dispose();
        connections.Dispose();
    }

    private void RunOrCreate(string script)
    {
        if (script.Length == 0 || _postponed)
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
        nft.Run(FirewallRuleset.Create(table, _networks, _ports, _linked, hairpin));
        MakeAdminTable();
        _shape = Shape();
        if (_shape.Length == 0)
        {
            throw EngineException.System($"firewall: the tables {table} were taken away as soon as they were made");
        }
    }

    private void MakeAdminTable()
    {
        foreach (FirewallFamily family in FirewallFamily.All)
        {
            if (TryList(AdminTable.List(table, family)) is null)
            {
                nft.Run(AdminTable.Create(table, family));
            }
        }
    }

    /// <summary>What nft prints; null when there is no such chain.</summary>
    private string? TryList(string script)
    {
        try
        {
            return nft.Run(script);
        }
        catch (EngineException)
        {
            return null; // nft has no other way to say so
        }
    }

    /// <summary>Our chains as they are; "" when one is missing.</summary>
    private string Shape()
    {
        string?[] chains = [.. FirewallRuleset.ListChains(table).Select(TryList)];
        return Array.Exists(chains, chain => chain is null) ? "" : string.Concat(chains);
    }
}
