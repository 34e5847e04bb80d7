using System.Buffers.Binary;
using System.Net;
using Rtd.Daemon.Networking.Endpoints;
using Xunit;

namespace Rtd.Tests.Unit.Networking;

public sealed class AnnouncementTests
{
    private static readonly byte[] s_mac = [2, 0x42, 10, 1, 2, 3];

    [Fact]
    public void Gratuitous_arp_is_to_all_and_names_the_address_twice() => Assert.Equal(
        "ffffffffffff" + "02420a010203" + "0806" + "0001080006040001" + "02420a010203" + "0a010203" + "000000000000" + "0a010203",
        Convert.ToHexStringLower(NetworkAnnouncement.Arp(IPAddress.Parse("10.1.2.3"), s_mac)));

    [Fact]
    public void Advertisement_overrides_and_its_checksum_is_right()
    {
        byte[] frame = NetworkAnnouncement.Advertisement(IPAddress.Parse("fd00::3"), s_mac);

        Assert.Equal("333300000001" + "02420a010203" + "86dd" + "6000000000203aff", Convert.ToHexStringLower(frame.AsSpan(0, 22)));
        Assert.Equal(IPAddress.Parse("ff02::1"), new IPAddress(frame.AsSpan(38, 16)));
        Assert.Equal("20000000", Convert.ToHexStringLower(frame.AsSpan(58, 4)));
        Assert.Equal("0201" + "02420a010203", Convert.ToHexStringLower(frame.AsSpan(78)));

        // Over a message with its checksum in place, and the pseudo header, the sum is all ones.
        uint sum = 32 + 58;
        for (int i = 22; i < frame.Length; i += 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(i));
        }

        Assert.Equal(0xffffu, (sum & 0xffff) + (sum >> 16));
    }
}
