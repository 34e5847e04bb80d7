using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Networking;

/// <summary>Questions that the engine's resolver passes on, and those that it must not.</summary>
public sealed class ForwardingTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    // A name server on the neighbour: notes every question by its type; answers TXT with "told", SRV with 5 5 80 x, A by udp with "truncated" for
    // a name that begins with "big", by tcp with 40 addresses for it, all else with "no such name".
    private const string NameServer = """
        import socket, struct, sys, threading
        log = open(sys.argv[1], 'w', buffering=1)
        def answer(q, tcp):
            end = q.index(b'\0', 12) + 5
            kind = struct.unpack('!H', q[end-4:end-2])[0]
            log.write('%d %s\n' % (kind, 'tcp' if tcp else 'udp'))
            record = lambda data: b'\xc0\x0c' + struct.pack('!HHIH', kind, 1, 60, len(data)) + data
            head = lambda flags, count: q[:2] + struct.pack('!HHHHH', flags, 1, count, 0, 0) + q[12:end]
            if kind == 16: return head(0x8180, 1) + record(b'\4told')
            if kind == 33: return head(0x8180, 1) + record(struct.pack('!HHH', 5, 5, 80) + b'\1x\0')
            if kind == 1 and q[13:16] == b'big':
                return head(0x8180, 40) + b''.join(record(bytes([10, 1, 2, n])) for n in range(1, 41)) if tcp else head(0x8380, 0)
            return head(0x8183, 0)
        def stream():
            t = socket.socket()
            t.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            t.bind(('192.0.2.2', 53))
            t.listen()
            while True:
                c, _ = t.accept()
                size = struct.unpack('!H', c.recv(2))[0]
                a = answer(c.recv(size), True)
                c.sendall(struct.pack('!H', len(a)) + a)
                c.close()
        threading.Thread(target=stream, daemon=True).start()
        u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        u.bind(('192.0.2.2', 53))
        log.write('ready\n')
        while True:
            q, peer = u.recvfrom(4096)
            u.sendto(answer(q, False), peer)
        """;

    // Asks 127.0.0.11 for the addresses of a name, by udp and, when told to, by tcp; prints how, and how many there are.
    private const string Ask = """
        import socket, struct, sys
        name = b''.join(bytes([len(l)]) + l.encode() for l in sys.argv[1].split('.')) + b'\0'
        q = b'\x12\x34\1\0\0\1\0\0\0\0\0\0' + name + b'\0\1\0\1'
        u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        u.settimeout(10)
        u.sendto(q, ('127.0.0.11', 53))
        a = u.recv(4096)
        how = 'udp'
        if a[2] & 2:
            t = socket.create_connection(('127.0.0.11', 53), 10)
            t.sendall(struct.pack('!H', len(q)) + q)
            size = struct.unpack('!H', t.recv(2))[0]
            a = b''
            while len(a) < size: a += t.recv(size - len(a))
            how = 'tcp'
        print(how, struct.unpack('!H', a[6:8])[0])
        """;

    private string Noted => Path.Combine(Host.Root, "questions");

    [RootFact]
    public async Task Other_types_and_long_answers_come_from_the_name_server()
    {
        using Server server = await StartNameServerAsync();
        (await DockerAsync("network", "create", "net")).Exits(0);
        string id = await StartAsync("sleep 1000", "--network", "net", "--dns", TestHost.NeighbourAddress, "--dns-search", ".");
        string pid = await InspectAsync(id, "{{.State.Pid}}");

        Assert.Contains("told", (await DockerAsync("exec", id, "nslookup", "-type=txt", "example.com")).Exits(0).Stdout, StringComparison.Ordinal);
        Assert.Contains("80 x", (await DockerAsync("exec", id, "nslookup", "-type=srv", "_http._tcp.example.com")).Exits(0).Stdout, StringComparison.Ordinal);
        Assert.Equal("tcp 40\n", (await Host.RunAsync("nsenter", $"--net=/proc/{pid}/ns/net", "--", "python3", "-c", Ask, "big.example.com")).Exits(0).Stdout);
        Assert.Contains("1 tcp\n", await File.ReadAllTextAsync(Noted), StringComparison.Ordinal);
    }

    [RootFact]
    public async Task Alias_of_more_than_fit_is_told_whole_by_tcp()
    {
        (await DockerAsync("network", "create", "--ipv6=false", "net")).Exits(0);
        for (int number = 0; number < 35; number++)
        {
            using HttpResponseMessage made = await Api.PostJsonAsync($"/containers/create?name=many-{number}", new
            {
                Image = "busybox",
                Cmd = new[] { "sleep", "1000" },
                HostConfig = new { NetworkMode = "net" },
                NetworkingConfig = new { EndpointsConfig = new { net = new { Aliases = new[] { "many" } } } },
            });
            Assert.Equal(201, (int)made.StatusCode);
            using HttpResponseMessage started = await Api.PostAsync($"/containers/many-{number}/start");
            Assert.Equal(204, (int)started.StatusCode);
        }

        string pid = await InspectAsync("many-0", "{{.State.Pid}}");
        Assert.Equal("tcp 35\n", (await Host.RunAsync("nsenter", $"--net=/proc/{pid}/ns/net", "--", "python3", "-c", Ask, "many")).Exits(0).Stdout);
    }

    [RootFact]
    public async Task Nothing_leaves_an_internal_network()
    {
        using Server server = await StartNameServerAsync();
        (await DockerAsync("network", "create", "--internal", "inside")).Exits(0);
        string id = await StartAsync("sleep 1000", "--network", "inside", "--name", "inner", "--dns", TestHost.NeighbourAddress, "--dns-search", ".");

        foreach (string type in new[] { "a", "aaaa", "txt", "ptr" })
        {
            string name = type == "ptr" ? "4.3.2.10.in-addr.arpa" : "secret.example.com";
            CommandResult refused = await DockerAsync("exec", id, "nslookup", $"-type={type}", name);
            Assert.Contains("SERVFAIL", refused.Stdout + refused.Stderr, StringComparison.Ordinal);
        }

        (await DockerAsync("exec", id, "nslookup", "-type=a", "inner")).Exits(0);
        Assert.Equal("ready\n", await File.ReadAllTextAsync(Noted));
    }

    [RootFact]
    public async Task Options_of_names_are_in_the_containers_files()
    {
        (await DockerAsync("network", "create", "net")).Exits(0);
        string[] options = ["--dns", "192.0.2.77", "--dns-search", "one.test", "--dns-search", "two.test", "--dns-opt", "timeout:3", "--add-host", "fixed:192.0.2.5", "--add-host", "boss:host-gateway"];

        foreach (Cli cli in new[] { Cli.Docker, Cli.Rtctl })
        {
            string resolved = (await Clients.RunAsync(cli, ["run", "--rm", "--network", "net", .. options, "busybox", "cat", "/etc/resolv.conf", "/etc/hosts"])).Exits(0).Stdout;
            Assert.Contains("nameserver 127.0.0.11\nsearch one.test two.test\noptions timeout:3 ndots:0\n", resolved, StringComparison.Ordinal);
            string gateway = (string)(await Api.GetJsonAsync("/networks/net"))["IPAM"]!["Config"]![0]!["Gateway"]!;
            Assert.Contains($"192.0.2.5\tfixed\n{gateway}\tboss\n", resolved, StringComparison.Ordinal);

            string plain = (await Clients.RunAsync(cli, ["run", "--rm", .. options, "busybox", "cat", "/etc/resolv.conf"])).Exits(0).Stdout;
            Assert.Contains("nameserver 192.0.2.77\nsearch one.test two.test\noptions timeout:3\n", plain, StringComparison.Ordinal);
        }
    }

    [RootFact]
    public async Task Connect_that_fails_leaves_no_resolver_and_the_next_has_one()
    {
        (await DockerAsync("network", "create", "net")).Exits(0);
        string id = await StartAsync("sleep 1000", "--name", "late", "-p", "8080:80");
        string pid = await InspectAsync(id, "{{.State.Pid}}");
        (await DockerAsync("network", "disconnect", "bridge", id)).Exits(0);
        string other = await StartAsync("sleep 1000", "-p", "8080:80");

        (await DockerAsync("network", "connect", "net", id)).Exits(1).Says("port is already allocated");
        Assert.Equal("", (await Host.RunAsync("nsenter", $"--net=/proc/{pid}/ns/net", "--", "nft", "list", "ruleset")).Exits(0).Stdout);
        Assert.Equal(["lo"], (await DockerAsync("exec", id, "ls", "/sys/class/net")).Exits(0).Lines);

        (await DockerAsync("rm", "-f", other)).Exits(0);
        (await DockerAsync("network", "connect", "net", id)).Exits(0);
        (await DockerAsync("exec", id, "nslookup", "-type=a", "late.net")).Exits(0);
    }

    private async Task<Server> StartNameServerAsync()
    {
        await File.WriteAllTextAsync(Noted, "");
        Server server = new(Host.Inside("nsenter", $"--net={Host.Root}/neighbour", "--", "python3", "-c", NameServer, Noted));
        await Eventually.HoldsAsync("the name server is ready", () => File.ReadAllText(Noted) == "ready\n");
        return server;
    }
}
