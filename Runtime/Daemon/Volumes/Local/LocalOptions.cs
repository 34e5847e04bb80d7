using System.Globalization;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Volumes.Local;

/// <summary>The driver options of a local volume: what to mount in place of a directory of its own.</summary>
/// <param name="Type">File system, "none" for a bind.</param>
/// <param name="Device">What is mounted.</param>
/// <param name="Options">As <c>o</c> has them.</param>
internal sealed record LocalOptions(string Type, string Device, string Options)
{
    private const string TypeName = "type", DeviceName = "device", OptionsName = "o", SizeName = "size";

    /// <summary>Which options make sense only with others; in Docker's order.</summary>
    private static readonly (string Option, string[] Needs)[] s_mandatory =
    [
        (DeviceName, [TypeName]), (TypeName, [DeviceName]), (OptionsName, [DeviceName, TypeName]),
    ];

    /// <summary>Checks options in Docker's words.</summary>
    /// <param name="name">The volume's, for the error.</param>
    /// <returns>null when the volume is a plain directory.</returns>
    public static LocalOptions? Parse(string name, IReadOnlyDictionary<string, string> options)
    {
        foreach (string option in options.Keys)
        {
            Refuse(option is not (TypeName or DeviceName or OptionsName or SizeName), name, $"invalid option: \"{option}\"");
        }

        if (options.TryGetValue(SizeName, out string? size))
        {
            Refuse(!IsSize(size), name, $"invalid size: '{size}'");
            Refuse(true, name, "quota size requested but no quota support");
        }

        foreach ((string option, string[] needs) in s_mandatory)
        {
            foreach (string need in needs)
            {
                Refuse(options.ContainsKey(option) && !options.ContainsKey(need), name, $"missing required option: \"{need}\"");
            }
        }

        string type = options.GetValueOrDefault(TypeName, "");
        string device = options.GetValueOrDefault(DeviceName, "");
        string words = options.GetValueOrDefault(OptionsName, "");
        Refuse($"{type}{device}{words}".Contains('\0'), name, "a volume option cannot contain a NUL byte");
        return options.ContainsKey(DeviceName) ? new LocalOptions(type, device, words) : null;
    }

    /// <summary>A number of bytes with a suffix such as k, m, G, GiB.</summary>
    private static bool IsSize(string text)
    {
        string digits = text.TrimEnd('b', 'B', 'i', 'k', 'K', 'm', 'M', 'g', 'G', 't', 'T', 'p', 'P', ' ');
        return double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double size) && size >= 0 && text.Length - digits.Length <= 4;
    }

    private static void Refuse(bool wrong, string name, string message)
    {
        if (wrong)
        {
            throw EngineException.InvalidParameter($"create {name}: {message}");
        }
    }
}
