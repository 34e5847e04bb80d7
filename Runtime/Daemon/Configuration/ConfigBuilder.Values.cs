using System.Globalization;
using System.Net;

namespace Rtd.Daemon.Configuration;

internal sealed partial class ConfigBuilder
{
    /// <summary>The names that setrlimit(2) knows, as <c>docker run --ulimit</c> spells them.</summary>
    private static readonly string[] s_ulimits =
    [
        "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss", "rtprio", "rttime", "sigpending", "stack",
    ];

    private string OneOf(string? value, string property, string absent, string[] allowed)
    {
        if (value is null)
        {
            return absent;
        }

        return allowed.Contains(value) ? value : throw Invalid(value, property, $"it must be one of {string.Join(", ", allowed)}");
    }

    private int InRange(int? value, string property, int absent, int low, int high)
    {
        int number = value ?? absent;
        return number >= low && number <= high
            ? number
            : throw Invalid(number.ToString(CultureInfo.InvariantCulture), property, $"it must be from {low} to {high}");
    }

    private IPAddress Address(string text, string property) =>
        IPAddress.TryParse(text, out IPAddress? address) ? address : throw Invalid(text, property, $"{text} is not an ip address");

    private IPNetwork Network(string text, string property)
    {
        InterfaceCidr cidr = Cidr(text, property);
        byte[] bytes = cidr.Address.GetAddressBytes();
        for (int bit = cidr.PrefixLength; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        }

        return new IPNetwork(new IPAddress(bytes), cidr.PrefixLength);
    }

    private InterfaceCidr Cidr(string text, string property)
    {
        int slash = text.IndexOf('/');
        if (slash > 0
            && IPAddress.TryParse(text.AsSpan(0, slash), out IPAddress? address)
            && int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int prefix)
            && prefix <= address.GetAddressBytes().Length * 8)
        {
            return new InterfaceCidr(address, prefix);
        }

        throw Invalid(text, property, "it must be an address with a prefix length, such as 192.168.5.1/24");
    }

    private (string Key, string Value) SplitPair(string text, string property)
    {
        int equals = text.IndexOf('=');
        return equals > 0 ? (text[..equals], text[(equals + 1)..]) : throw Invalid(text, property, "it must be key=value");
    }

    private Dictionary<string, string> KeyValues(IEnumerable<string> pairs, string property)
    {
        Dictionary<string, string> map = [];
        foreach (string pair in pairs)
        {
            (string key, string value) = SplitPair(pair, property);
            map[key] = value;
        }

        return map;
    }

    /// <summary><c>driver=key=value</c>, several times.</summary>
    private Dictionary<string, Dictionary<string, string>> NetworkOptions()
    {
        Dictionary<string, Dictionary<string, string>> all = [];
        foreach (string text in options.DefaultNetworkOptions!)
        {
            (string driver, string pair) = SplitPair(text, nameof(options.DefaultNetworkOptions));
            (string key, string value) = SplitPair(pair, nameof(options.DefaultNetworkOptions));
            if (!all.TryGetValue(driver, out Dictionary<string, string>? ofDriver))
            {
                all[driver] = ofDriver = [];
            }

            ofDriver[key] = value;
        }

        return all;
    }

    private AddressPool AddressPool(string text)
    {
        Dictionary<string, string> fields = KeyValues(text.Split(','), nameof(options.DefaultAddressPools));
        if (fields.Count != 2 || !fields.TryGetValue("base", out string? network) || !fields.TryGetValue("size", out string? sizeText))
        {
            throw Invalid(text, nameof(options.DefaultAddressPools), "it must be base=CIDR,size=N");
        }

        IPNetwork pool = Network(network, nameof(options.DefaultAddressPools));
        int bits = pool.BaseAddress.GetAddressBytes().Length * 8;
        return int.TryParse(sizeText, NumberStyles.None, CultureInfo.InvariantCulture, out int size) && size >= pool.PrefixLength && size <= bits
            ? new AddressPool(pool, size)
            : throw Invalid(text, nameof(options.DefaultAddressPools), $"size must be from {pool.PrefixLength} to {bits}");
    }

    private long ShmSize()
    {
        const long Default = 64 << 20;
        if (options.DefaultShmSize is not { } text)
        {
            return Default;
        }

        return ByteSize.TryParse(text, out long bytes) && bytes > 0
            ? bytes
            : throw Invalid(text, nameof(options.DefaultShmSize), "it must be a number of bytes, with b, k, m or g after it if wanted");
    }

    private long LogQuota(string text) => ByteSize.TryParse(text, out long bytes) && bytes > 0
        ? bytes
        : throw Invalid(text, nameof(options.LogQuota), "it must be a number of bytes, with b, k, m or g after it if wanted");

    private UlimitSetting Ulimit(string text)
    {
        (string name, string limits) = SplitPair(text, nameof(options.DefaultUlimits));
        if (!s_ulimits.Contains(name))
        {
            throw Invalid(text, nameof(options.DefaultUlimits), $"invalid ulimit type: {name}");
        }

        string[] parts = limits.Split(':');
        if (parts.Length > 2 || !TryLimit(parts[0], out long soft) || !TryLimit(parts[^1], out long hard))
        {
            throw Invalid(text, nameof(options.DefaultUlimits), "limits must be integers, soft[:hard]");
        }

        return hard == -1 || (soft != -1 && soft <= hard)
            ? new UlimitSetting(name, soft, hard)
            : throw Invalid(text, nameof(options.DefaultUlimits), $"ulimit soft limit must be less than or equal to hard limit: {soft} > {hard}");
    }

    private static bool TryLimit(string text, out long limit) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out limit) && limit >= -1;
}
