using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Networking;

/// <summary>Names on networks that users make, at 127.0.0.11.</summary>
public sealed class ResolverTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    // Answers every question for an address with 192.0.2.99, and every other with "no such name".
    private const string NameServer = """
        import socket
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.bind(('192.0.2.2', 53))
        while True:
            q, peer = s.recvfrom(4096)
            end = q.index(b'\0', 12) + 5
            if q[end-4:end-2] == b'\0\1':
                s.sendto(q[:2] + b'\x81\x80\0\1\0\1\0\0\0\0' + q[12:end] + b'\xc0\x0c\0\1\0\1\0\0\0\1\0\4\xc0\0\2\x63', peer)
            else:
                s.sendto(q[:2] + b'\x81\x83\0\1\0\0\0\0\0\0' + q[12:end], peer)
        """;

    [RootFact]
    public async Task Names_aliases_ids_and_addresses_are_known()
    {
        (await DockerAsync("network", "create", "--ipv6", "net")).Exits(0);
        string id = await StartAsync("sleep 1000", "--network", "net", "--name", "target", "--network-alias", "other", "-h", "box");
        string address = await InspectAsync(id, "{{.NetworkSettings.Networks.net.IPAddress}}");
        string addressV6 = await InspectAsync(id, "{{.NetworkSettings.Networks.net.GlobalIPv6Address}}");

        foreach (string name in new[] { "target", "TARGET", "other", "box", id[..12], "target.net" })
        {
            Assert.Contains($"Address: {address}\n", await LookUpAsync("a", name), StringComparison.Ordinal);
            Assert.Contains($"Address: {addressV6}\n", await LookUpAsync("aaaa", name), StringComparison.Ordinal);
        }

        Assert.Contains("target.net", await LookUpAsync("ptr", string.Join('.', address.Split('.').Reverse()) + ".in-addr.arpa"), StringComparison.Ordinal);
        Assert.Contains("linked", await LookUpAsync("a", "linked", "--link", "target:linked"), StringComparison.Ordinal);
        (await DockerAsync("rename", "target", "renamed")).Exits(0);
        Assert.Contains($"Address: {address}\n", await LookUpAsync("a", "renamed"), StringComparison.Ordinal);
        Assert.DoesNotContain(address, (await ShellAsync("nslookup -type=a target", "--network", "net", "--dns-search", ".")).Stdout, StringComparison.Ordinal);
        (await DockerAsync("stop", "-t", "0", id)).Exits(0);
        Assert.DoesNotContain(address, (await ShellAsync("nslookup -type=a renamed", "--network", "net", "--dns-search", ".")).Stdout, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task Alias_of_several_is_all_of_them()
    {
        (await DockerAsync("network", "create", "net")).Exits(0);
        for (int i = 0; i < 3; i++)
        {
            await StartAsync("sleep 1000", "--network", "net", "--network-alias", "many");
        }

        string answer = await LookUpAsync("a", "many");
        Assert.Equal(3, answer.Split('\n').Count(line => line.StartsWith("Address: ", StringComparison.Ordinal)));
    }

    [RootFact]
    public async Task Other_names_are_asked_of_the_name_server_from_the_container()
    {
        using Server server = StartNameServer();
        (await DockerAsync("network", "create", "net")).Exits(0);
        await Eventually.HoldsAsync("the name server answers", async () =>
            (await ShellAsync("nslookup -type=a example.com", "--network", "net", "--dns", TestHost.NeighbourAddress)).Stdout.Contains("192.0.2.99", StringComparison.Ordinal));

        (await DockerAsync("network", "create", "--internal", "inside")).Exits(0);
        CommandResult refused = await ShellAsync("nslookup -type=a example.com", "--network", "inside", "--dns", TestHost.NeighbourAddress);
        Assert.Contains("SERVFAIL", refused.Stdout + refused.Stderr, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task Container_can_have_a_name_server_of_its_own()
    {
        (await DockerAsync("network", "create", "net")).Exits(0);

        string id = await StartAsync("sleep 1000", "--network", "net");
        string pid = await InspectAsync(id, "{{.State.Pid}}");

        const string Bind = "import socket\nfor kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM): socket.socket(socket.AF_INET, kind).bind(('0.0.0.0', 53))";
        (await Host.RunAsync("nsenter", $"--net=/proc/{pid}/ns/net", "--", "python3", "-c", Bind)).Exits(0);
    }

    private Server StartNameServer() =>
        new(Host.Inside("nsenter", $"--net={Host.Root}/neighbour", "--", "python3", "-c", NameServer));

    /// <summary>Without the host's search domain: busybox's nslookup asks for the completed name too, which goes to a name server that is not there.</summary>
    private async Task<string> LookUpAsync(string type, string name, params string[] options) =>
        (await ShellAsync($"nslookup -type={type} {name}", ["--network", "net", "--dns-search", ".", .. options])).Exits(0).Stdout;
}
