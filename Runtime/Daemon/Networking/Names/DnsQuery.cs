using System.Buffers.Binary;
using System.Text;

namespace Rtd.Daemon.Networking.Names;

/// <summary>A question as it came: one name, one type (RFC 1035, section 4).</summary>
/// <param name="Name">Labels with dots between them, as written, without the dot at the end.</param>
/// <param name="Length">Bytes of header and question: what an answer begins with.</param>
/// <param name="OfferedSize">Bytes of a datagram that the asker takes, by EDNS (RFC 6891); 0 when it does not speak that.</param>
internal readonly record struct DnsQuery(string Name, ushort Type, int Length, int OfferedSize = 0)
{
    /// <summary>The largest datagram we send, whatever is offered: it passes every link of IPv6 in one piece.</summary>
    public const int MaxDatagram = 1232;

    /// <summary>The record that says that one speaks EDNS: an empty name, type, size, flags, no data.</summary>
    public const int OptSize = 11;

    private const int PlainDatagram = 512;
    private const ushort TypeOpt = 41;

    public const int HeaderSize = 12;

    public const ushort TypeA = 1, TypePtr = 12, TypeAaaa = 28, ClassInternet = 1;

    /// <summary>Bits of the second header word.</summary>
    public const ushort FlagResponse = 0x8000, FlagTruncated = 0x0200, FlagRecursionDesired = 0x0100, FlagRecursionAvailable = 0x0080, OpcodeMask = 0x7800,
        RcodeMask = 0x000f;

    public const ushort RcodeServerFailure = 2, RcodeRefused = 5;

    private const int MaxLabel = 63, MaxName = 255;

    /// <summary>How long an answer in one datagram may be.</summary>
    public int DatagramSize => Math.Clamp(OfferedSize, PlainDatagram, MaxDatagram);

    /// <summary>Reads a message; false when it is no plain question of the internet class. Never throws, whatever the bytes.</summary>
    public static bool TryParse(ReadOnlySpan<byte> message, out DnsQuery query)
    {
        query = default;
        if (message.Length < HeaderSize
            || (BinaryPrimitives.ReadUInt16BigEndian(message[2..]) & (FlagResponse | OpcodeMask)) != 0
            || BinaryPrimitives.ReadUInt16BigEndian(message[4..]) != 1)
        {
            return false;
        }

        StringBuilder name = new();
        int position = HeaderSize;
        while (true)
        {
            // A question is the first name of its message: there is nothing before it that a compressed name could point to.
            if (position >= message.Length || message[position] > MaxLabel || position - HeaderSize > MaxName)
            {
                return false;
            }

            int length = message[position++];
            if (length == 0)
            {
                break;
            }

            if (position + length > message.Length)
            {
                return false;
            }

            name.Append(name.Length > 0 ? "." : "").Append(Encoding.Latin1.GetString(message.Slice(position, length)));
            position += length;
        }

        if (position + 4 > message.Length || BinaryPrimitives.ReadUInt16BigEndian(message[(position + 2)..]) != ClassInternet)
        {
            return false;
        }

        position += 4;
        query = new DnsQuery(name.ToString(), BinaryPrimitives.ReadUInt16BigEndian(message[(position - 4)..]), position, Offer(message, position));
        return true;
    }

    /// <summary>Writes our own OPT record.</summary>
    public static void WriteOpt(Span<byte> record)
    {
        record[..OptSize].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(record[1..], TypeOpt);
        BinaryPrimitives.WriteUInt16BigEndian(record[3..], MaxDatagram);
    }

    /// <summary>The size in an OPT record that follows the question, as clients put it.</summary>
    private static int Offer(ReadOnlySpan<byte> message, int length)
    {
        bool isNext = BinaryPrimitives.ReadUInt64BigEndian(message[4..]) == 0x0001_0000_0000_0001 && message.Length >= length + OptSize
            && message[length] == 0 && BinaryPrimitives.ReadUInt16BigEndian(message[(length + 1)..]) == TypeOpt;
        return isNext ? Math.Max(PlainDatagram, (int)BinaryPrimitives.ReadUInt16BigEndian(message[(length + 3)..])) : 0;
    }
}
