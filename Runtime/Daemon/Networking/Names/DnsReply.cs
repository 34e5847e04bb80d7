using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Rtd.Daemon.Networking.Names;

/// <summary>Writes answers: the question's own header and question, then records that point back to its name.</summary>
internal static class DnsReply
{
    /// <summary>Seconds; Docker's figure.</summary>
    private const uint TimeToLive = 600;

    /// <summary>The name of every record: a pointer to that of the question.</summary>
    private const ushort QuestionName = 0xc000 | DnsQuery.HeaderSize;

    private const int RecordHeaderSize = 12;

    /// <summary>An answer without records: no such data, or a failure.</summary>
    public static int WriteEmpty(ReadOnlySpan<byte> question, DnsQuery query, ushort rcode, Span<byte> reply)
    {
        Begin(question, query, reply);
        ushort flags = BinaryPrimitives.ReadUInt16BigEndian(reply[2..]);
        BinaryPrimitives.WriteUInt16BigEndian(reply[2..], (ushort)(flags | rcode));
        return End(query, query.Length, reply);
    }

    /// <summary>An answer with addresses; what does not fit is left out and said to be (TC), so that the client asks again by tcp.</summary>
    /// <returns>Its length.</returns>
    public static int WriteAddresses(ReadOnlySpan<byte> question, DnsQuery query, ReadOnlySpan<IPAddress> addresses, Span<byte> reply)
    {
        Begin(question, query, reply);
        int position = query.Length;
        ushort count = 0;
        int size = query.Type == DnsQuery.TypeAaaa ? 16 : 4;
        int room = reply.Length - OptOf(query);
        foreach (IPAddress address in addresses)
        {
            if (position + RecordHeaderSize + size > room)
            {
                reply[2] |= DnsQuery.FlagTruncated >> 8;
                break;
            }

            position = WriteRecordHeader(reply, position, query.Type, size);
            address.TryWriteBytes(reply[position..], out _);
            position += size;
            count++;
        }

        BinaryPrimitives.WriteUInt16BigEndian(reply[6..], count);
        return End(query, position, reply);
    }

    /// <summary>An answer with one name.</summary>
    public static int WritePointer(ReadOnlySpan<byte> question, DnsQuery query, string name, Span<byte> reply)
    {
        byte[] encoded = EncodeName(name);
        Begin(question, query, reply);
        if (query.Length + RecordHeaderSize + encoded.Length + OptOf(query) > reply.Length)
        {
            reply[2] |= DnsQuery.FlagTruncated >> 8;
            return End(query, query.Length, reply);
        }

        int position = WriteRecordHeader(reply, query.Length, DnsQuery.TypePtr, encoded.Length);
        encoded.CopyTo(reply[position..]);
        BinaryPrimitives.WriteUInt16BigEndian(reply[6..], 1);
        return End(query, position + encoded.Length, reply);
    }

    private static int OptOf(DnsQuery query) => query.OfferedSize > 0 ? DnsQuery.OptSize : 0;

    /// <summary>Who asks by EDNS is answered by it.</summary>
    private static int End(DnsQuery query, int position, Span<byte> reply)
    {
        if (query.OfferedSize > 0)
        {
            DnsQuery.WriteOpt(reply[position..]);
            BinaryPrimitives.WriteUInt16BigEndian(reply[10..], 1);
        }

        return position + OptOf(query);
    }

    private static void Begin(ReadOnlySpan<byte> question, DnsQuery query, Span<byte> reply)
    {
        question[..query.Length].CopyTo(reply);
        int desired = BinaryPrimitives.ReadUInt16BigEndian(question[2..]) & DnsQuery.FlagRecursionDesired;
        BinaryPrimitives.WriteUInt16BigEndian(reply[2..], (ushort)(DnsQuery.FlagResponse | DnsQuery.FlagRecursionAvailable | desired));
        reply[6..DnsQuery.HeaderSize].Clear();
    }

    private static int WriteRecordHeader(Span<byte> reply, int position, ushort type, int size)
    {
        BinaryPrimitives.WriteUInt16BigEndian(reply[position..], QuestionName);
        BinaryPrimitives.WriteUInt16BigEndian(reply[(position + 2)..], type);
        BinaryPrimitives.WriteUInt16BigEndian(reply[(position + 4)..], DnsQuery.ClassInternet);
        BinaryPrimitives.WriteUInt32BigEndian(reply[(position + 6)..], TimeToLive);
        BinaryPrimitives.WriteUInt16BigEndian(reply[(position + 10)..], (ushort)size);
        return position + RecordHeaderSize;
    }

    private static byte[] EncodeName(string name)
    {
        using MemoryStream encoded = new();
        foreach (string label in name.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            byte[] bytes = Encoding.Latin1.GetBytes(label.Length > 63 ? label[..63] : label);
            encoded.WriteByte((byte)bytes.Length);
            encoded.Write(bytes);
        }

        encoded.WriteByte(0);
        return encoded.ToArray();
    }
}
