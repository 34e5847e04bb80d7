using System.Net;
using Rtd.Protocol.Netlink;
using Rtd.Protocol.Syscalls;
using Xunit;

namespace Rtd.Tests.Unit.Networking;

public sealed class NetlinkTests
{
    [Fact]
    public void A_request_is_laid_out_as_the_kernel_reads_it()
    {
        NetlinkBatch batch = new(capacity: 8);
        batch.Begin(Rtnetlink.RTM_NEWLINK, Rtnetlink.NLM_F_CREATE | Rtnetlink.NLM_F_EXCL, "create", "x")
            .LinkHeader(index: 7, flags: 1, change: 1)
            .Put(Rtnetlink.IFLA_IFNAME, "ab")
            .Put(Rtnetlink.IFLA_MTU, 1500);

        Assert.Equal(
            "30000000" + "1000" + "0506" + "2A000000" + "00000000" // length 48, type, REQUEST|ACK|EXCL|CREATE, sequence 42, port 0
            + "00000000" + "07000000" + "01000000" + "01000000"   // ifinfomsg
            + "0700" + "0300" + "61620000"                        // "ab" with its zero, padded
            + "0800" + "0400" + "DC050000",
            Convert.ToHexString(batch.Seal(42, acknowledge: true)));
    }

    [Fact]
    public void Nests_count_what_they_hold()
    {
        NetlinkBatch batch = new();
        batch.Begin(Rtnetlink.RTM_NEWLINK, 0, "set", "x").LinkHeader();
        int outer = batch.BeginNest(Rtnetlink.IFLA_LINKINFO);
        batch.Put(Rtnetlink.IFLA_INFO_KIND, "veth");
        int inner = batch.BeginNest(Rtnetlink.IFLA_INFO_DATA);
        batch.EndNest(inner).EndNest(outer);

        Assert.Equal("1400" + "1280" + "0900" + "0100" + "7665746800000000" + "0400" + "0280",
            Convert.ToHexString(batch.Seal(1, acknowledge: true)[32..]));
    }

    [Fact]
    public void Only_the_last_request_of_a_batch_asks_for_an_acknowledgement()
    {
        NetlinkBatch batch = new();
        batch.ChangeLink(1, up: true, "up", "lo").ChangeLink(2, up: true, "up", "eth0");
        byte[] bytes = batch.Seal(9, acknowledge: true).ToArray();
        Assert.Equal("0100" + "09000000", Convert.ToHexString(bytes.AsSpan(6, 6)));
        Assert.Equal("0500" + "0A000000", Convert.ToHexString(bytes.AsSpan(32 + 6, 6)));
    }

    [Fact]
    public void An_address_carries_its_broadcast_address()
    {
        NetlinkBatch batch = new();
        batch.AddAddress(3, IPAddress.Parse("172.17.5.2"), 20, "x");
        Assert.Equal("02140000" + "03000000" + "08000200AC110502" + "08000100AC110502" + "08000400AC110FFF",
            Convert.ToHexString(batch.Seal(1, acknowledge: true)[16..]));
    }

    [Fact]
    public void A_default_route_has_no_destination()
    {
        NetlinkBatch batch = new();
        batch.AddRoute(3, IPAddress.Any, 0, IPAddress.Parse("10.0.0.1"), "x");
        Assert.Equal("02000000FE030001" + "00000000" + "080005000A000001" + "0800040003000000", Convert.ToHexString(batch.Seal(1, acknowledge: true)[16..]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0800")]
    [InlineData("03000100")]
    [InlineData("0C000100AABBCCDD")]
    public void Cut_or_malformed_attributes_end_the_walk(string hex)
    {
        NetlinkAttributes attributes = new(Convert.FromHexString(hex));
        Assert.False(attributes.Next());
    }

    [Fact]
    public void Attributes_are_read_back()
    {
        NetlinkAttributes attributes = new(Convert.FromHexString("07000380" + "61620000" + "06000400" + "0102"));
        Assert.True(attributes.Next());
        Assert.Equal(3, attributes.Type);
        Assert.Equal("ab", attributes.Text);
        Assert.True(attributes.Next());
        Assert.Equal("0102", Convert.ToHexString(attributes.Value));
        Assert.False(attributes.Next());
    }

    [Fact]
    public void A_refused_request_is_named_and_later_ones_do_not_hide_it()
    {
        using NetlinkSocket socket = new();
        NetlinkBatch batch = new();
        batch.Begin(Rtnetlink.RTM_GETLINK, 0, "find link", "index 2147483600").LinkHeader(index: 2147483600)
            .Begin(Rtnetlink.RTM_GETLINK, 0, "find link", "index 2147483601", Libc.ENODEV).LinkHeader(index: 2147483601);
        SyscallException error = Assert.Throws<SyscallException>(() => socket.Execute(batch));
        Assert.Equal(Libc.ENODEV, error.Errno);
        Assert.Equal("find link index 2147483600: no such device", error.Message);
        Assert.Equal(1, socket.IndexOf("lo"));
        Assert.Equal(0, socket.IndexOf("no-such-link"));
        Assert.Equal(0, socket.IndexOf("a-name-that-is-too-long-for-a-link"));
    }
}
