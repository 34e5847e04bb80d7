using System.Globalization;
using System.Net;
using Rtd.Client.Containers;
using Rtd.Client.Formatting;
using Rtd.Client.Images;
using Rtd.Protocol.Text;

namespace Rtd.Client.CommandLine;

/// <summary>Checks an option's value where docker's client does, and turns it into the form its property binds.</summary>
internal static class FlagValue
{
    /// <summary>The value or values to bind; none when an environment variable named by it is not set.</summary>
    /// <exception cref="FormatException">The value is bad; the message says why in docker's words.</exception>
    public static IEnumerable<string> Normalize(Flag flag, string value) => flag.Kind switch
    {
        "" => [GoParse.Bool(value) ? "true" : "false"],
        "int" => [Text(GoParse.Int(value))],
        "uint16" => [Text(GoParse.UInt16(value))],
        "bytes" => [Text(Bytes(flag, value))],
        "duration" => [Text(GoDuration.Parse(value))],
        "decimal" => [Text(CpuCount.Parse(value))],
        "strings" => Csv.Split(value),
        "mount" => [Checked(value, MountFlag.Parse)],
        "ulimit" => [Checked(value, UlimitFlag.Parse)],
        "gpu-request" => [value == "all" ? value : Text(GoParse.Int(value))],
        "network" => [Checked(value, NetworkFlag.Parse)],
        "filter" => [Filter(value)],
        "map" => [MapEntry(flag, value)],
        "list" => List(flag.Name, value),
        _ => [value],
    };

    private static IEnumerable<string> List(string name, string value) => name switch
    {
        "env" => EnvironmentEntry(value),
        "label" => [Label(value)],
        "build-arg" => value.Length > 0 && value[0] != '=' ? [value] : throw new FormatException($"invalid environment variable: {value}"),
        "tag" => [ImageName(value)],
        "attach" => [Stream(value)],
        "add-host" => [AddHost(value)],
        "dns" => [Address(value)],
        "device-read-bps" or "device-write-bps" => [Checked(value, item => ThrottleFlag.Parse(item, inBytes: true))],
        "device-read-iops" or "device-write-iops" => [Checked(value, item => ThrottleFlag.Parse(item, inBytes: false))],
        "blkio-weight-device" => [Checked(value, ThrottleFlag.ParseWeight)],
        "device-cgroup-rule" => [DeviceRule(value)],
        "link" => [Link(value)],
        _ => [value],
    };

    private static long Bytes(Flag flag, string value) =>
        flag.Name == "memory-swap" && value == "-1" ? -1 : HumanSize.ParseBinary(value);

    private static string MapEntry(Flag flag, string value)
    {
        if (flag.Name is "sysctl" && !value.Contains('='))
        {
            throw new FormatException($"the sysctl '{value}' has no value: write NAME=VALUE");
        }

        return value;
    }

    /// <summary>NAME takes the client's own value, and is dropped when there is none.</summary>
    private static IEnumerable<string> EnvironmentEntry(string value)
    {
        if (value.StartsWith('=') || value.Length == 0)
        {
            throw new FormatException($"invalid environment variable: {value}");
        }

        if (value.Contains('='))
        {
            return [value];
        }

        return Environment.GetEnvironmentVariable(value) is { } own ? [$"{value}={own}"] : [value];
    }

    private static string Stream(string value)
    {
        string stream = value.ToLowerInvariant();
        return stream is "stdin" or "stdout" or "stderr" ? stream : throw new FormatException("valid streams are STDIN, STDOUT and STDERR");
    }

    private static string AddHost(string value)
    {
        int separator = value.IndexOfAny(['=', ':']);
        string host = separator < 0 ? "" : value[..separator];
        string address = separator < 0 ? "" : value[(separator + 1)..];
        if (host.Length == 0 || address.Length == 0)
        {
            throw new FormatException($"bad format for add-host: {GoQuote.Quote(value)}");
        }

        address = address.StartsWith('[') && address.EndsWith(']') ? address[1..^1] : address;
        if (address != "host-gateway" && !IPAddress.TryParse(address, out _))
        {
            throw new FormatException($"invalid IP address in add-host: {GoQuote.Quote(address)}");
        }

        return host + ":" + address;
    }

    private static string Address(string value) =>
        IPAddress.TryParse(value.Trim(), out _) ? value.Trim() : throw new FormatException($"IP address is not correctly formatted: {value}");

    private static string Label(string value)
    {
        string name = value.Split('=')[0];
        return name.Trim().Length > 0 ? value : throw new FormatException($"invalid label '{value}': empty name");
    }

    private static string ImageName(string value)
    {
        try
        {
            ImageReference.Parse(value);
            return value;
        }
        catch (ClientException bad)
        {
            throw new FormatException(bad.Message);
        }
    }

    private static string DeviceRule(string value)
    {
        string[] parts = value.Split(' ');
        bool isValid = parts.Length == 3 && parts[0] is "a" or "b" or "c" && IsDeviceNumbers(parts[1]) && parts[2].Length is > 0 and < 4 && parts[2].All(c => c is 'r' or 'w' or 'm');
        return isValid ? value : throw new FormatException($"invalid device cgroup format '{value}'");
    }

    private static bool IsDeviceNumbers(string value)
    {
        string[] numbers = value.Split(':');
        return numbers.Length == 2 && numbers.All(number => number == "*" || (number.Length > 0 && number.All(char.IsAsciiDigit)));
    }

    private static string Link(string value)
    {
        string[] parts = value.Split(':');
        return value.Length == 0 ? throw new FormatException("empty string specified for links")
            : parts.Length > 2 ? throw new FormatException($"bad format for links: {value}")
            : value;
    }

    private static string Filter(string value)
    {
        if (value.Length == 0)
        {
            return value;
        }

        return value.Contains('=') ? value : throw new FormatException("bad format of filter (expected name=value)");
    }

    private static string Checked<T>(string value, Func<string, T> parse)
    {
        _ = parse(value);
        return value;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
