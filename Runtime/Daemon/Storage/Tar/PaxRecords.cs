using System.Globalization;
using System.Text;

namespace Rtd.Daemon.Storage.Tar;

/// <summary>The records of a PAX extended header (POSIX.1-2001): <c>length key=value\n</c>, where the value may hold any bytes.</summary>
/// <remarks>
/// The framework's tar reader decodes values as UTF-8, which destroys binary ones: <c>SCHILY.xattr.security.capability</c> with bit 31 set
/// comes out as U+FFFD. So values stay bytes here.
/// </remarks>
internal sealed class PaxRecords
{
    private static readonly byte[] s_xattrPrefix = "SCHILY.xattr."u8.ToArray();

    private readonly Dictionary<string, byte[]> _values = [];

    public List<KeyValuePair<byte[], byte[]>> Xattrs { get; } = [];

    public bool IsSparse { get; private set; }

    /// <summary>The value of a key, or null. An empty value stands for "as if the record were not there" (POSIX).</summary>
    public byte[]? Value(string key) => _values.TryGetValue(key, out byte[]? value) && value.Length > 0 ? value : null;

    public static PaxRecords Parse(ReadOnlySpan<byte> data)
    {
        PaxRecords records = new();
        while (!data.IsEmpty)
        {
            int length = RecordLength(data, out int digits);
            ReadOnlySpan<byte> record = data[(digits + 1)..(length - 1)];
            int equals = record.IndexOf((byte)'=');
            if (equals <= 0)
            {
                throw Malformed();
            }

            records.Add(record[..equals], record[(equals + 1)..]);
            data = data[length..];
        }

        return records;
    }

    /// <summary>A whole number, or null when the key is absent.</summary>
    public long? Number(string key) => Value(key) switch
    {
        null => null,
        { } text when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) => value,
        _ => throw TarError.Archive($"PAX record {key} is not a number"),
    };

    /// <summary>Decimal seconds with an optional sign and fraction, or null when the key is absent.</summary>
    public TarTime? Time(string key)
    {
        if (Value(key) is not { } text)
        {
            return null;
        }

        int point = Array.IndexOf(text, (byte)'.');
        ReadOnlySpan<byte> whole = point < 0 ? text : text.AsSpan(0, point);
        ReadOnlySpan<byte> fraction = point < 0 ? default : text.AsSpan(point + 1);
        if (!long.TryParse(whole, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long seconds) || fraction.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            throw TarError.Archive($"PAX record {key} is not a time");
        }

        long nanoseconds = 0;
        for (int i = 0; i < 9; i++)
        {
            nanoseconds = (nanoseconds * 10) + (i < fraction.Length ? fraction[i] - '0' : 0);
        }

        // "-1.25" is 1.25 s before the epoch: the nanoseconds of a time stamp always count towards the future.
        return whole[0] == '-' && nanoseconds > 0 ? new TarTime(seconds - 1, 1_000_000_000 - nanoseconds) : new TarTime(seconds, nanoseconds);
    }

    private void Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (key.StartsWith(s_xattrPrefix))
        {
            AddXattr(key[s_xattrPrefix.Length..], value);
            return;
        }

        string name = Encoding.UTF8.GetString(key);
        IsSparse |= name.StartsWith("GNU.sparse.", StringComparison.Ordinal);
        _values[name] = value.ToArray();
    }

    private void AddXattr(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (name.IsEmpty || name.Length > 255 || name.Contains((byte)0))
        {
            throw TarError.Archive("PAX record SCHILY.xattr has an impossible attribute name");
        }

        Xattrs.Add(new KeyValuePair<byte[], byte[]>([.. name, 0], value.ToArray()));
    }

    private static int RecordLength(ReadOnlySpan<byte> data, out int digits)
    {
        digits = data[..Math.Min(data.Length, 10)].IndexOf((byte)' ');
        bool valid = digits > 0
            && int.TryParse(data[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out int length)
            && length > digits + 2
            && length <= data.Length
            && data[length - 1] == '\n';
        return valid ? int.Parse(data[..digits], NumberStyles.None, CultureInfo.InvariantCulture) : throw Malformed();
    }

    private static Exception Malformed() => TarError.Archive("malformed PAX header");
}
