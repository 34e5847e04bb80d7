using Rtd.Daemon.Networking.Links;

namespace Rtd.Tests.Integration.Networking;

/// <summary>What the kernel is asked for is one link, or the links of one bridge: with hundreds of networks, a list of all for each of them took seconds of the daemon's start.</summary>
public sealed class LinkTableTests
{
    [NetworkFact]
    public async Task One_link_is_found_by_its_name()
    {
        LinkInfo?[] found = await AskAsync(links => new[] { links.Find("bra"), links.Find("veth1"), links.Find("other"), links.Find(""), links.Find("longer-than-names-are") });

        Assert.Equal(("bra", "bridge", "ours"), (found[0]!.Name, found[0]!.Kind, found[0]!.Alias));
        Assert.Equal(("veth1", "veth", found[0]!.Index), (found[1]!.Name, found[1]!.Kind, found[1]!.Master));
        Assert.All(found[2..], Assert.Null);
    }

    [NetworkFact]
    public async Task Ports_are_those_of_one_bridge()
    {
        (string A, string B) ports = await AskAsync(links => (Names(links.Ports(links.IndexOf("bra"))), Names(links.Ports(links.IndexOf("brb")))));

        Assert.Equal(("veth1 veth2", ""), ports);
        static string Names(IEnumerable<LinkInfo> links) => string.Join(' ', links.Select(link => link.Name).Order());
    }

    [NetworkFact]
    public async Task Addresses_are_those_of_one_link()
    {
        (string A, string B, string None) addresses = await AskAsync(links => (Texts(links.Addresses(links.IndexOf("bra"))), Texts(links.Addresses(links.IndexOf("brb"))), Texts(links.Addresses(12345))));

        Assert.Equal(("10.1.0.1/24 fd01::1/64", "10.2.0.1/24", ""), addresses);
        static string Texts(IEnumerable<LinkAddress> addresses) => string.Join(' ', addresses.Select(address => $"{address.Address}/{address.PrefixLength}").Order());
    }

    private static async Task<T> AskAsync<T>(Func<LinkTable, T> question)
    {
        using NamespaceThread host = NamespaceThread.New();
        return await host.RunAsync(() =>
        {
            Command.Run("""
                ip link add bra type bridge && ip link set bra alias ours && ip link add brb type bridge && ip addr add 10.1.0.1/24 dev bra && ip addr add fd01::1/64 dev bra nodad && ip addr add 10.2.0.1/24 dev brb &&
                ip link add veth1 type veth peer name veth2 && ip link set veth1 master bra && ip link set veth2 master bra
                """);
            using LinkTable links = new();
            return question(links);
        });
    }
}
