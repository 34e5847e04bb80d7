namespace Rtd.Daemon.Logging.JsonFile;

/// <summary>Times in log lines: <c>2026-01-02T03:04:05[.digits](Z|±hh:mm)</c>.</summary>
internal static class Rfc3339
{
    /// <summary>Digits beyond 100 ns are dropped.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out DateTimeOffset time)
    {
        time = default;
        if (text.Length < 20 || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':' ||
            !Number(text[..4], out int year) || !Number(text[5..7], out int month) || !Number(text[8..10], out int day) ||
            !Number(text[11..13], out int hour) || !Number(text[14..16], out int minute) || !Number(text[17..19], out int second) ||
            year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59)
        {
            return false;
        }

        long fraction = Fraction(text[19..], out int length);
        if (length < 0 || !Offset(text[(19 + length)..], out TimeSpan offset))
        {
            return false;
        }

        DateTime local = new DateTime(year, month, day, hour, minute, second).AddTicks(fraction);
        long utc = local.Ticks - offset.Ticks;
        if (utc < 0 || utc > DateTime.MaxValue.Ticks)
        {
            return false;
        }

        time = new DateTimeOffset(utc, TimeSpan.Zero);
        return true;
    }

    private static bool Number(ReadOnlySpan<byte> digits, out int value)
    {
        value = 0;
        foreach (byte digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'9')
            {
                return false;
            }

            value = (value * 10) + digit - '0';
        }

        return true;
    }

    /// <summary>Ticks of a fraction of a second and its length with the point; −1 for a point without digits.</summary>
    private static long Fraction(ReadOnlySpan<byte> text, out int length)
    {
        length = 0;
        if (text[0] != '.')
        {
            return 0;
        }

        long ticks = 0;
        long scale = TimeSpan.TicksPerSecond / 10;
        for (length = 1; length < text.Length && text[length] is >= (byte)'0' and <= (byte)'9'; length++)
        {
            ticks += (text[length] - '0') * scale;
            scale /= 10;
        }

        length = length > 1 ? length : -1;
        return ticks;
    }

    private static bool Offset(ReadOnlySpan<byte> text, out TimeSpan offset)
    {
        offset = TimeSpan.Zero;
        if (text.Length == 1 && text[0] == 'Z')
        {
            return true;
        }

        if (text.Length != 6 || text[0] is not ((byte)'+' or (byte)'-') || text[3] != ':' || !Number(text[1..3], out int hours) || !Number(text[4..], out int minutes))
        {
            return false;
        }

        offset = new TimeSpan(hours, minutes, 0);
        offset = text[0] == '-' ? -offset : offset;
        return true;
    }
}
