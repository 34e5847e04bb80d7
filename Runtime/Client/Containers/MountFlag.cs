using System.Globalization;
using System.Text.Json.Nodes;
using Rtd.Client.CommandLine;
using Rtd.Client.Formatting;
using Rtd.Protocol.Text;

namespace Rtd.Client.Containers;

/// <summary>--mount: comma-separated key=value pairs that describe one mount.</summary>
internal static class MountFlag
{
    /// <summary>The mount as the API takes it.</summary>
    /// <exception cref="FormatException">The text describes no mount; the message says why.</exception>
    public static JsonObject Parse(string text)
    {
        JsonObject mount = new() { ["Type"] = "volume" };
        foreach (string field in Csv.Split(text))
        {
            int equals = field.IndexOf('=');
            string key = (equals < 0 ? field : field[..equals]).ToLowerInvariant();
            if (equals < 0 && key is not ("readonly" or "ro" or "bind-nonrecursive" or "volume-nocopy"))
            {
                throw new FormatException($"invalid field '{field}' must be a key=value pair");
            }

            Set(mount, key, equals < 0 ? "true" : field[(equals + 1)..], field);
        }

        Check(mount);
        return mount;
    }

    private static void Set(JsonObject mount, string key, string value, string field)
    {
        switch (key)
        {
            case "type":
                mount["Type"] = value.ToLowerInvariant();
                break;
            case "source" or "src":
                mount["Source"] = value.StartsWith('.') ? Path.GetFullPath(value) : value;
                break;
            case "target" or "dst" or "destination":
                mount["Target"] = value;
                break;
            case "readonly" or "ro":
                mount["ReadOnly"] = Bool(key, value);
                break;
            case "consistency":
                mount["Consistency"] = value.ToLowerInvariant();
                break;
            default:
                SetOption(mount, key, value, field);
                break;
        }
    }

    private static void SetOption(JsonObject mount, string key, string value, string field)
    {
        switch (key)
        {
            case "bind-propagation":
                Group(mount, "BindOptions")["Propagation"] = value.ToLowerInvariant();
                break;
            case "bind-nonrecursive":
                Group(mount, "BindOptions")["NonRecursive"] = Bool(key, value);
                break;
            case "bind-recursive":
                SetRecursive(mount, value);
                break;
            case "volume-subpath":
                Group(mount, "VolumeOptions")["Subpath"] = value;
                break;
            case "volume-nocopy":
                Group(mount, "VolumeOptions")["NoCopy"] = Bool(key, value);
                break;
            case "volume-label":
                SetPair(Group(Group(mount, "VolumeOptions"), "Labels"), value);
                break;
            case "volume-driver":
                Group(Group(mount, "VolumeOptions"), "DriverConfig")["Name"] = value;
                break;
            case "volume-opt":
                SetPair(Group(Group(Group(mount, "VolumeOptions"), "DriverConfig"), "Options"), value);
                break;
            case "image-subpath":
                Group(mount, "ImageOptions")["Subpath"] = value;
                break;
            case "tmpfs-size":
                Group(mount, "TmpfsOptions")["SizeBytes"] = Size(value);
                break;
            case "tmpfs-mode":
                Group(mount, "TmpfsOptions")["Mode"] = Mode(value);
                break;
            default:
                throw new FormatException($"unexpected key '{key}' in '{field}'");
        }
    }

    private static void SetRecursive(JsonObject mount, string value)
    {
        JsonObject options = Group(mount, "BindOptions");
        switch (value)
        {
            case "enabled":
                break;
            case "disabled":
                options["NonRecursive"] = true;
                break;
            case "writable":
                options["ReadOnlyNonRecursive"] = true;
                break;
            case "readonly":
                options["ReadOnlyForceRecursive"] = true;
                break;
            default:
                throw new FormatException($"invalid value for bind-recursive: {value} (must be \"enabled\", \"disabled\", \"writable\", or \"readonly\")");
        }
    }

    private static void Check(JsonObject mount)
    {
        string type = (string)mount["Type"]!;
        if (type.Length == 0)
        {
            throw new FormatException("type is required");
        }

        if (string.IsNullOrEmpty((string?)mount["Target"]))
        {
            throw new FormatException("target is required");
        }

        foreach ((string group, string owner) in new[] { ("VolumeOptions", "volume"), ("BindOptions", "bind"), ("TmpfsOptions", "tmpfs"), ("ImageOptions", "image") })
        {
            if (mount.ContainsKey(group) && type != owner)
            {
                throw new FormatException($"cannot mix '{owner}-*' options with mount type '{type}'");
            }
        }

        CheckRecursion(mount);
    }

    /// <summary>As Docker's client has it: what would be passed over in silence is an error.</summary>
    private static void CheckRecursion(JsonObject mount)
    {
        if (mount["BindOptions"] is not JsonObject options)
        {
            return;
        }

        string recursion = options.ContainsKey("ReadOnlyForceRecursive") ? "readonly" : options.ContainsKey("ReadOnlyNonRecursive") ? "writable" : "";
        if (recursion.Length > 0 && (bool?)mount["ReadOnly"] != true)
        {
            throw new FormatException($"option 'bind-recursive={recursion}' requires 'readonly' to be specified in conjunction");
        }

        if (recursion == "readonly" && (string?)options["Propagation"] != "rprivate")
        {
            throw new FormatException("option 'bind-recursive=readonly' requires 'bind-propagation=rprivate' to be specified in conjunction");
        }
    }

    private static JsonObject Group(JsonObject owner, string name)
    {
        if (owner[name] is not JsonObject group)
        {
            owner[name] = group = [];
        }

        return group;
    }

    private static void SetPair(JsonObject target, string pair)
    {
        int equals = pair.IndexOf('=');
        target[equals < 0 ? pair : pair[..equals]] = equals < 0 ? "" : pair[(equals + 1)..];
    }

    private static bool Bool(string key, string value)
    {
        try
        {
            return GoParse.Bool(value);
        }
        catch (FormatException)
        {
            throw new FormatException($"invalid value for {key}: {value}");
        }
    }

    private static long Size(string value)
    {
        try
        {
            return HumanSize.ParseBinary(value);
        }
        catch (FormatException)
        {
            throw new FormatException($"invalid value for tmpfs-size: {value}");
        }
    }

    /// <summary>An octal mode as the number it stands for.</summary>
    private static long Mode(string value)
    {
        long mode = 0;
        foreach (char digit in value)
        {
            mode = digit is >= '0' and <= '7' && mode < int.MaxValue / 8 ? (mode * 8) + (digit - '0') : throw new FormatException($"invalid value for tmpfs-mode: {value}");
        }

        return value.Length > 0 ? mode : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"invalid value for tmpfs-mode: {value}"));
    }
}
