using System.Globalization;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Networking.Links;
using Rtd.Protocol.Netlink;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Networking.Parents;

/// <summary>The links that macvlan and ipvlan networks lie on; those that the host does not have, and that can be made, are made here and go with their last network.</summary>
/// <remarks>
/// A VLAN (<c>eth0.10</c>, on eth0), and, where no parent was named, a dummy link that nothing is behind.
/// </remarks>
internal sealed class ParentLinks(LinkTable links)
{
    /// <summary>Marks a link as made here, and so as ours to delete.</summary>
    private const string Alias = "rtd-parent";

    private const string DummyPrefix = "dm-";

    // linux/if_link.h
    private const ushort IFLA_VLAN_ID = 1;
    private const int MaxVlan = 4094;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _users = [];

    /// <summary>The name of the parent of a network that names none.</summary>
    public static string DummyOf(NetworkRecord record) => DummyPrefix + record.ShortId;

    /// <summary>The link is there, or could be made.</summary>
    public bool CanBe(string parent) => IsDummy(parent) || links.IndexOf(parent) > 0 || VlanOf(parent) is { Link: > 0 };

    /// <summary>Makes the link if it is not there; throws when the kernel cannot. One of the host's own that is not there may come later.</summary>
    public void Acquire(string parent)
    {
        lock (_gate)
        {
            if (links.IndexOf(parent) == 0)
            {
                Make(parent);
            }

            _users[parent] = _users.GetValueOrDefault(parent) + 1;
        }
    }

    /// <summary>Deletes a link that was made here, once nobody needs it.</summary>
    public void Release(string parent)
    {
        lock (_gate)
        {
            if (_users.GetValueOrDefault(parent) > 1)
            {
                _users[parent]--;
                return;
            }

            Discard(parent);
            _users.Remove(parent);
        }
    }

    /// <summary>Deletes a link that was made for a network which never came to be.</summary>
    public void DiscardUnused(string parent)
    {
        lock (_gate)
        {
            if (!_users.ContainsKey(parent))
            {
                Discard(parent);
            }
        }
    }

    private static bool IsDummy(string parent) => parent.StartsWith(DummyPrefix, StringComparison.Ordinal);

    private void Discard(string parent)
    {
        if (links.Find(parent) is { Alias: Alias })
        {
            links.Execute(Begin(Rtnetlink.RTM_DELLINK, 0, "delete link", parent, Libc.ENODEV));
        }
    }

    private void Make(string parent)
    {
        if (VlanOf(parent) is { Link: > 0 } vlan)
        {
            Make(parent, "vlan", batch => batch.Put(Rtnetlink.IFLA_LINK, vlan.Link), batch => batch.Put(IFLA_VLAN_ID, BitConverter.GetBytes(vlan.Id)));
        }
        else if (IsDummy(parent))
        {
            Make(parent, "dummy", batch => batch, batch => batch);
        }
    }

    private void Make(string name, string kind, Func<NetlinkBatch, NetlinkBatch> putLink, Func<NetlinkBatch, NetlinkBatch> putData)
    {
        NetlinkBatch batch = putLink(Begin(Rtnetlink.RTM_NEWLINK, Rtnetlink.NLM_F_CREATE | Rtnetlink.NLM_F_EXCL, $"create {kind} link", name));
        int info = batch.BeginNest(Rtnetlink.IFLA_LINKINFO);
        batch.Put(Rtnetlink.IFLA_INFO_KIND, kind);
        int data = batch.BeginNest(Rtnetlink.IFLA_INFO_DATA);
        putData(batch).EndNest(data).EndNest(info);
        batch.Begin(Rtnetlink.RTM_NEWLINK, 0, "bring up link", name)
            .LinkHeader(flags: Rtnetlink.IFF_UP, change: Rtnetlink.IFF_UP)
            .Put(Rtnetlink.IFLA_IFNAME, name)
            .Put(Rtnetlink.IFLA_IFALIAS, Alias)
            .NoLinkLocal();
        try
        {
            links.Execute(batch);
        }
        catch (SyscallException failure) when (failure.Errno is Libc.EOPNOTSUPP)
        {
            throw EngineException.System($"this kernel cannot make {kind} links (module {(kind == "vlan" ? "8021q" : kind)}), which {name} would be: {failure.Message}", failure);
        }
    }

    /// <summary>Reads <c>eth0.10</c>: the link before the dot (0 when it is not there), and the VLAN's number.</summary>
    private (int Link, ushort Id)? VlanOf(string parent)
    {
        int dot = parent.LastIndexOf('.');
        return dot > 0 && ushort.TryParse(parent.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort id) && id is > 0 and <= MaxVlan
            ? (links.IndexOf(parent[..dot]), id)
            : null;
    }

    private static NetlinkBatch Begin(ushort type, ushort flags, string operation, string name, int forgiven = 0) =>
        new NetlinkBatch().Begin(type, flags, operation, name, forgiven).LinkHeader().Put(Rtnetlink.IFLA_IFNAME, name);
}
