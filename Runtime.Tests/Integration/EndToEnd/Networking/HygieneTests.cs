using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Networking;

/// <summary>What goes over a network's link that nobody asked for, and what must not.</summary>
public sealed class HygieneTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    // Writes a line for each gratuitous ARP (sender is target) and each neighbour advertisement that it hears.
    private const string Listen = """
        import socket, sys
        s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
        s.bind(('rtd0', 0))
        out = open(sys.argv[1], 'w', buffering=1)
        out.write('listening\n')
        while True:
            f = s.recv(2048)
            if f[12:14] == b'\x08\x06' and f[28:32] == f[38:42]:
                out.write('arp ' + socket.inet_ntop(socket.AF_INET, f[28:32]) + '\n')
            if f[12:14] == b'\x86\xdd' and f[20] == 58 and f[54] == 136:
                out.write('na ' + socket.inet_ntop(socket.AF_INET6, f[62:78]) + '\n')
        """;

    // A router advertisement of the prefix 2001:db8:bad::/64, for an hour, to all nodes.
    private const string Advertise = """
        import socket, struct
        def sum16(b):
            t = sum(struct.unpack('!%dH' % (len(b) // 2), b))
            t = (t & 0xffff) + (t >> 16)
            return ~((t & 0xffff) + (t >> 16)) & 0xffff
        s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        s.bind(('eth0', 0))
        mac = s.getsockname()[4]
        source, target = socket.inet_pton(socket.AF_INET6, 'fe80::bad'), socket.inet_pton(socket.AF_INET6, 'ff02::1')
        prefix = struct.pack('!BBBBIII', 3, 4, 64, 0xc0, 3600, 3600, 0) + socket.inet_pton(socket.AF_INET6, '2001:db8:bad::')
        body = struct.pack('!BBHBBHII', 134, 0, 0, 64, 0, 3600, 0, 0) + prefix
        check = sum16(source + target + struct.pack('!II', len(body), 58) + body)
        body = body[:2] + struct.pack('!H', check) + body[4:]
        s.send(b'\x33\x33\0\0\0\1' + mac + b'\x86\xdd' + struct.pack('!IHBB', 6 << 28, len(body), 58, 255) + source + target + body)
        """;

    [RootFact]
    public async Task Addresses_are_announced_at_start()
    {
        string heard = Path.Combine(Host.Root, "heard");
        await File.WriteAllTextAsync(heard, "");
        using Server listener = new(Host.Inside("python3", "-c", Listen, heard));
        await Eventually.HoldsAsync("it listens", () => File.ReadAllText(heard).Contains("listening", StringComparison.Ordinal));

        string id = await StartAsync("sleep 1000");
        string address = await InspectAsync(id, "{{.NetworkSettings.IPAddress}}");
        string addressV6 = await InspectAsync(id, "{{.NetworkSettings.GlobalIPv6Address}}");

        await Eventually.HoldsAsync("both are heard", () => File.ReadAllText(heard) is var text && text.Contains($"arp {address}\n", StringComparison.Ordinal) && text.Contains($"na {addressV6}\n", StringComparison.Ordinal), () => File.ReadAllText(heard));
    }

    [RootTheory]
    [InlineData("--ipv6=true")]
    [InlineData("--ipv6=false")]
    public async Task Router_advertisements_of_a_container_are_not_heeded(string family)
    {
        (await DockerAsync("network", "create", family, "-o", "com.docker.network.bridge.name=net0", "net")).Exits(0);
        string victim = await StartAsync("sleep 1000", "--network", "net", "--name", "victim");
        string attacker = await StartAsync("sleep 1000", "--network", "net");
        string pid = await InspectAsync(attacker, "{{.State.Pid}}");
        string late = await StartAsync("sleep 1000");
        (await DockerAsync("network", "connect", "net", late)).Exits(0);

        (await Host.RunAsync("nsenter", $"--net=/proc/{pid}/ns/net", "--", "python3", "-c", Advertise)).Exits(0);

        // The same way, after it: what was to be heeded has been by the time of the answer.
        (await DockerAsync("exec", attacker, "ping", "-c", "1", "-W", "5", "victim")).Exits(0);
        foreach (string container in new[] { victim, late })
        {
            string state = (await DockerAsync("exec", container, "sh", "-c", "ip addr; ip -6 route")).Exits(0).Stdout;
            Assert.DoesNotContain("2001:db8:bad", state, StringComparison.Ordinal);
            Assert.DoesNotContain("fe80::bad", state, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("bad", (await Host.RunAsync("sh", "-c", "ip -6 route; ip addr show net0")).Exits(0).Stdout, StringComparison.Ordinal);
        if (family.EndsWith("false", StringComparison.Ordinal))
        {
            Assert.DoesNotContain("inet6", (await DockerAsync("exec", victim, "ip", "addr", "show", "eth0")).Exits(0).Stdout, StringComparison.Ordinal);
        }
    }
}
