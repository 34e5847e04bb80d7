using System.Net;
using Rtd.Daemon.Networking.Names;
using Xunit;

namespace Rtd.Tests.Unit.Networking;

public sealed class DnsTests
{
    // Id abcd, recursion desired, one question.
    private static readonly byte[] s_header = [0xab, 0xcd, 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 0];

    [Fact]
    public void A_question_is_read()
    {
        Assert.True(DnsQuery.TryParse([.. s_header, 3, (byte)'W', (byte)'e', (byte)'b', 2, (byte)'n', (byte)'1', 0, 0, 28, 0, 1, 99], out DnsQuery query));
        Assert.Equal(("Web.n1", DnsQuery.TypeAaaa, 24), (query.Name, query.Type, query.Length));
    }

    [Fact]
    public void Bytes_that_are_no_question_are_refused()
    {
        byte[] good = [.. s_header, 3, (byte)'w', (byte)'e', (byte)'b', 0, 0, 1, 0, 1];
        for (int length = 0; length < good.Length; length++)
        {
            Assert.False(DnsQuery.TryParse(good.AsSpan(0, length), out _));
        }

        Assert.False(DnsQuery.TryParse([.. s_header, 0xc0, 12, 0, 1, 0, 1], out _));
        Assert.False(DnsQuery.TryParse([0xab, 0xcd, 0x81, 0x00, .. good[4..]], out _));
        Assert.False(DnsQuery.TryParse([0xab, 0xcd, 0x29, 0x00, .. good[4..]], out _));
        Assert.False(DnsQuery.TryParse([.. good[..4], 0, 2, .. good[6..]], out _));
        Assert.False(DnsQuery.TryParse([.. good[..^1], 3], out _));
        Assert.False(DnsQuery.TryParse([.. s_header, .. Enumerable.Repeat<byte[]>([1, 65], 200).SelectMany(label => label), 0, 0, 1, 0, 1], out _));
    }

    [Fact]
    public void Random_bytes_never_throw()
    {
        Random random = new(20261121);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = new byte[random.Next(0, 80)];
            random.NextBytes(bytes);
            s_header.AsSpan(0, Math.Min(s_header.Length, bytes.Length)).CopyTo(bytes);
            if (DnsQuery.TryParse(bytes, out DnsQuery query))
            {
                Assert.InRange(query.Length, DnsQuery.HeaderSize + 5, bytes.Length);
            }
        }
    }

    [Fact]
    public void Edns_gives_more_room_and_is_answered_in_kind()
    {
        byte[] plain = [.. s_header, 1, (byte)'a', 0, 0, 1, 0, 1];
        byte[] edns = [.. plain[..11], 1, .. plain[12..], 0, 0, 41, 0x10, 0, 0, 0, 0, 0, 0, 0];
        Assert.True(DnsQuery.TryParse(plain, out DnsQuery query));
        Assert.True(DnsQuery.TryParse(edns, out DnsQuery extended));
        Assert.Equal((512, 1232, 4096), (query.DatagramSize, extended.DatagramSize, extended.OfferedSize));

        IPAddress[] many = [.. Enumerable.Range(1, 200).Select(number => IPAddress.Parse($"10.1.2.{number}"))];
        byte[] reply = new byte[1232];
        int length = DnsReply.WriteAddresses(plain, query, many, reply.AsSpan(0, query.DatagramSize));
        Assert.InRange(length, 490, 512);
        Assert.Equal(0x02, reply[2] & 0x02);
        length = DnsReply.WriteAddresses(edns, extended, many.AsSpan(0, 60), reply);
        Assert.Equal((0, 60, 1), (reply[2] & 0x02, reply[7], reply[11]));
        Assert.Equal("00002904d0000000000000", Convert.ToHexStringLower(reply.AsSpan(length - DnsQuery.OptSize, DnsQuery.OptSize)));
    }

    [Fact]
    public void Addresses_are_answered()
    {
        byte[] question = [.. s_header, 1, (byte)'a', 0, 0, 1, 0, 1];
        Assert.True(DnsQuery.TryParse(question, out DnsQuery query));
        byte[] reply = new byte[512];
        int length = DnsReply.WriteAddresses(question, query, [IPAddress.Parse("10.1.2.3")], reply);
        Assert.Equal("abcd818000010001000000000161000001" + "0001c00c000100010000025800040a010203", Convert.ToHexStringLower(reply.AsSpan(0, length)));
    }

    [Fact]
    public void What_does_not_fit_is_said_to_be_missing()
    {
        byte[] question = [.. s_header, 1, (byte)'a', 0, 0, 1, 0, 1];
        Assert.True(DnsQuery.TryParse(question, out DnsQuery query));
        IPAddress[] many = [.. Enumerable.Range(1, 100).Select(i => new IPAddress([10, 0, 0, (byte)i]))];
        byte[] reply = new byte[512];
        int length = DnsReply.WriteAddresses(question, query, many, reply);
        Assert.InRange(length, 400, 512);
        Assert.NotEqual(0, reply[2] & 2);
        Assert.Equal((length - question.Length) / 16, reply[7]);
    }

    [Theory]
    [InlineData("3.2.1.10.in-addr.arpa", "10.1.2.3")]
    [InlineData("1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.IP6.arpa", "fd00::1")]
    [InlineData("2.1.10.in-addr.arpa", null)]
    [InlineData("x.0.d.f.ip6.arpa", null)]
    [InlineData("web.n1", null)]
    public void Reverse_names_are_read(string name, string? address) => Assert.Equal(address, ReverseName.Parse(name)?.ToString());
}
