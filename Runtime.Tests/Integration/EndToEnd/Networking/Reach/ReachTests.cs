using Newtonsoft.Json.Linq;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Networking.Reach;

/// <summary>Who reaches whom among the host, the machine next door and containers on four networks: every pair, in both families, by TCP and UDP.</summary>
public sealed class ReachTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    private const string HostV6 = "fd00:c0::1", OutsideV6 = "fd00:c0::2";

    private static readonly string[] s_protocols = ["tcp4", "udp4", "tcp6", "udp6"];

    /// <summary>Container, and the networks it is on. <c>quiet</c> is without ICC, <c>inner</c> is internal.</summary>
    private static readonly (string Name, string[] Networks)[] s_containers =
    [
        ("a1", ["a"]), ("a2", ["a"]), ("ab", ["a", "b"]), ("b1", ["b"]), ("q1", ["quiet"]), ("q2", ["quiet"]), ("i1", ["inner"]), ("i2", ["inner"]),
    ];

    /// <summary>All that a station reaches; <c>ab@a</c> is ab by its address on a, <c>port</c> is a1's published port, <c>local</c> the one of the loopback address.</summary>
    private static readonly Dictionary<string, string> s_reach = new()
    {
        ["host"] = "outside a1 a2 ab@a ab@b b1 q1 q2 i1 i2 port local",
        ["outside"] = "host port",
        ["a1"] = "host outside a2 ab@a port",
        ["a2"] = "host outside a1 ab@a port",
        ["ab"] = "host outside a1 a2 b1 port",
        ["b1"] = "host outside ab@b port",
        ["q1"] = "host outside port",
        ["q2"] = "host outside port",
        ["i1"] = "i2",
        ["i2"] = "i1",
    };

    [RootFact]
    public async Task Every_pair_before_and_after_a_restart_and_a_crash()
    {
        (await Host.RunAsync("ip", "addr", "add", $"{HostV6}/64", "dev", "eth0", "nodad")).Exits(0);
        (await Host.RunAtNeighbourAsync("ip", "addr", "add", $"{OutsideV6}/64", "dev", "eth0", "nodad")).Exits(0);
        // Outside sends everything to the host: that it does not get to a container is then the host's doing.
        (await Host.RunAtNeighbourAsync("sh", "-c", $"ip route add default via {TestHost.Address}; ip -6 route add default via {HostV6}")).Exits(0);
        await MakeAsync();
        try
        {
            await ProveAsync("at first");

            await Daemon.StopAsync();
            await Daemon.StartAsync();
            await ProveAsync("after a restart");

            await Daemon.KillAsync();
            await Daemon.StartAsync();
            await ProveAsync("after a crash");
        }
        finally
        {
            (await DockerAsync(["rm", "-f", .. s_containers.Select(container => container.Name)])).Exits(0);
            (await DockerAsync("network", "rm", "a", "b", "quiet", "inner")).Exits(0);
            (await Host.RunAtNeighbourAsync("sh", "-c", $"ip route del default; ip -6 route del default; ip addr del {OutsideV6}/64 dev eth0")).Exits(0);
            (await Host.RunAsync("ip", "addr", "del", $"{HostV6}/64", "dev", "eth0")).Exits(0);
            await Fixture.RebaseAsync();
        }
    }

    private async Task MakeAsync()
    {
        (await DockerAsync("network", "create", "--ipv6", "a")).Exits(0);
        (await DockerAsync("network", "create", "--ipv6", "b")).Exits(0);
        (await DockerAsync("network", "create", "--ipv6", "--opt", "com.docker.network.bridge.enable_icc=false", "quiet")).Exits(0);
        (await DockerAsync("network", "create", "--ipv6", "--internal", "inner")).Exits(0);
        string[] ports =
        [
            "-p", "7001:7000", "-p", "7001:7000/udp", "-p", "127.0.0.1:7002:7000", "-p", "127.0.0.1:7002:7000/udp", "-p", "[::1]:7002:7000", "-p", "[::1]:7002:7000/udp",
        ];
        foreach ((string name, string[] networks) in s_containers)
        {
            string[] options = [.. networks.SelectMany(network => new[] { "--network", network }), .. name == "a1" ? ports : []];
            await StartAsync("sleep 1000", ["--restart", "always", "--name", name, .. options]);
        }
    }

    private async Task ProveAsync(string when)
    {
        Dictionary<string, IReadOnlyList<string>> inside = await StationsAsync();
        List<Server> servers = [.. inside.Values.Select(station => new Server([.. station, "python3", "-c", Probe.Answer]))];
        try
        {
            Dictionary<string, (string V4, string V6)> addresses = await AddressesAsync();
            foreach (string station in s_containers.Select(container => container.Name).Append("host").Append("outside"))
            {
                await Eventually.HoldsAsync($"{station} answers itself", async () =>
                    (await AskAsync(inside[station], [.. s_protocols.Select(protocol => $"self/{protocol}/{(protocol[^1] == '4' ? "127.0.0.1" : "::1")}/{Probe.Port}")])).Count == 4);
            }

            IEnumerable<string>[] wrong = await Task.WhenAll(s_reach.Select(row => CompareAsync(row.Key, inside[row.Key], row.Value.Split(' '), addresses)));
            Assert.Equal("", string.Join('\n', wrong.SelectMany(lines => lines).Select(line => $"{when}: {line}")));
        }
        finally
        {
            servers.ForEach(server => server.Dispose());
        }
    }

    private static async Task<IEnumerable<string>> CompareAsync(
        string from, IReadOnlyList<string> inside, string[] reaches, Dictionary<string, (string V4, string V6)> addresses)
    {
        List<string> targets = [];
        foreach ((string target, (string v4, string v6)) in addresses.Where(entry => entry.Key.Split('@')[0] != from))
        {
            string port = target switch { "port" => "7001", "local" => "7002", _ => "7000" };
            targets.AddRange(s_protocols.Select(protocol => $"{target}/{protocol}/{(protocol[^1] == '4' ? v4 : v6)}/{port}"));
        }

        Dictionary<string, string> answered = await AskAsync(inside, targets);
        HashSet<string> wanted = [.. reaches.SelectMany(target => s_protocols.Select(protocol => $"{target}/{protocol}"))];
        IEnumerable<string> sources = from == "outside"
            ? answered.Where(answer => answer.Key.StartsWith("port/", StringComparison.Ordinal) && answer.Value is not (TestHost.NeighbourAddress or OutsideV6))
                .Select(answer => $"{answer.Key} sees outside as {answer.Value}")
            : [];
        return wanted.Except(answered.Keys).Select(missing => $"{from} does not reach {missing}")
            .Concat(answered.Keys.Except(wanted).Select(unwanted => $"{from} reaches {unwanted}"))
            .Concat(sources);
    }

    private static async Task<Dictionary<string, string>> AskAsync(IReadOnlyList<string> inside, IReadOnlyList<string> targets) =>
        (await Command.RunAsync([.. inside, "python3", "-c", Probe.Ask, .. targets])).Exits(0).Lines
            .ToDictionary(line => line.Split(' ')[0], line => line.Split(' ')[1]);

    /// <summary>For each station the command that runs another one in its network.</summary>
    private async Task<Dictionary<string, IReadOnlyList<string>>> StationsAsync()
    {
        Dictionary<string, IReadOnlyList<string>> inside = new()
        {
            ["host"] = Host.Inside(),
            ["outside"] = Host.Inside("nsenter", $"--net={Host.Root}/neighbour", "--"),
        };
        foreach ((string name, _) in s_containers)
        {
            await Eventually.HoldsAsync($"{name} runs", async () => await InspectAsync(name, "{{.State.Running}}") == "true");
            inside[name] = Host.Inside("nsenter", $"--net=/proc/{await InspectAsync(name, "{{.State.Pid}}")}/ns/net", "--");
        }

        return inside;
    }

    private async Task<Dictionary<string, (string V4, string V6)>> AddressesAsync()
    {
        Dictionary<string, (string, string)> addresses = new()
        {
            ["host"] = (TestHost.Address, HostV6),
            ["outside"] = (TestHost.NeighbourAddress, OutsideV6),
            ["port"] = (TestHost.Address, HostV6),
            ["local"] = ("127.0.0.1", "::1"),
        };
        foreach ((string name, string[] networks) in s_containers)
        {
            JToken shown = (await Api.GetJsonAsync($"/containers/{name}/json"))["NetworkSettings"]!["Networks"]!;
            foreach (string network in networks)
            {
                addresses[networks.Length > 1 ? $"{name}@{network}" : name] = ((string)shown[network]!["IPAddress"]!, (string)shown[network]!["GlobalIPv6Address"]!);
            }
        }

        return addresses;
    }
}
