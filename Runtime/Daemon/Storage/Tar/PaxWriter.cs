using System.Globalization;
using System.Text;

namespace Rtd.Daemon.Storage.Tar;

/// <summary>Writes PAX extended header records, <c>length key=value\n</c>; values are bytes.</summary>
internal static class PaxWriter
{
    /// <summary>What a ustar header cannot say of a member; empty when it can say all.</summary>
    public static byte[] Records(TarEntry entry, bool longName, bool longLink, bool largeSize, bool largeOwner, bool oddTime)
    {
        if (!(longName || longLink || largeSize || largeOwner || oddTime) && entry.Xattrs.Count == 0)
        {
            return [];
        }

        MemoryStream records = new();
        if (longName)
        {
            Add(records, "path"u8, entry.Name);
        }

        if (longLink)
        {
            Add(records, "linkpath"u8, entry.LinkName);
        }

        if (largeSize)
        {
            Add(records, "size"u8, Digits(entry.Size));
        }

        if (largeOwner)
        {
            Add(records, "uid"u8, Digits(entry.Uid));
            Add(records, "gid"u8, Digits(entry.Gid));
        }

        if (oddTime)
        {
            Add(records, "mtime"u8, Encoding.ASCII.GetBytes(Time(entry.Modified)));
        }

        foreach ((byte[] name, byte[] value) in entry.Xattrs)
        {
            Add(records, [.. "SCHILY.xattr."u8, .. name.AsSpan(..^1)], value);
        }

        return records.ToArray();
    }

    /// <summary>The length counts its own digits.</summary>
    private static void Add(MemoryStream records, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        int rest = key.Length + value.Length + 3; // blank, equals sign, newline
        int length = rest + DigitCount(rest);
        length = rest + DigitCount(length);
        records.Write(Digits(length));
        records.WriteByte((byte)' ');
        records.Write(key);
        records.WriteByte((byte)'=');
        records.Write(value);
        records.WriteByte((byte)'\n');
    }

    private static int DigitCount(int number) => Digits(number).Length;

    private static byte[] Digits(long number) => Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture));

    /// <summary>Decimal seconds; -1.25 is 1.25 s before 1970, whose nanoseconds count towards the future in a time stamp.</summary>
    private static string Time(TarTime time)
    {
        if (time.Nanoseconds == 0)
        {
            return time.Seconds.ToString(CultureInfo.InvariantCulture);
        }

        bool negative = time.Seconds < 0;
        long whole = negative ? -(time.Seconds + 1) : time.Seconds;
        long fraction = negative ? 1_000_000_000 - time.Nanoseconds : time.Nanoseconds;
        return string.Create(CultureInfo.InvariantCulture, $"{(negative ? "-" : "")}{whole}.{fraction:D9}").TrimEnd('0');
    }
}
