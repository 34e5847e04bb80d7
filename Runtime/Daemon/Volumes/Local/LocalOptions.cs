using Rtd.Daemon.Configuration;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Storage.Quotas;

namespace Rtd.Daemon.Volumes.Local;

/// <summary>The driver options of a local volume: what to mount in place of a directory of its own, or how much may be in that.</summary>
/// <param name="Type">File system, "none" for a bind.</param>
/// <param name="Device">What is mounted.</param>
/// <param name="Options">As <c>o</c> has them.</param>
/// <param name="IsMount">Whether anything is mounted.</param>
/// <param name="Size">The most bytes that may be in the directory; 0: no limit.</param>
internal sealed record LocalOptions(string Type, string Device, string Options, bool IsMount, long Size)
{
    /// <summary>The option that bounds a volume.</summary>
    public const string SizeName = "size";

    private const string TypeName = "type", DeviceName = "device", OptionsName = "o";

    /// <summary>Which options make sense only with others; in Docker's order.</summary>
    private static readonly (string Option, string[] Needs)[] s_mandatory =
    [
        (DeviceName, [TypeName]), (TypeName, [DeviceName]), (OptionsName, [DeviceName, TypeName]),
    ];

    /// <summary>Checks options in Docker's words.</summary>
    /// <param name="name">The volume's, for the error.</param>
    /// <param name="quotas">Whether the file system can hold a directory to a size.</param>
    public static LocalOptions Parse(string name, IReadOnlyDictionary<string, string> options, bool quotas)
    {
        long size = 0;
        foreach (string option in options.Keys)
        {
            Refuse(option is not (TypeName or DeviceName or OptionsName or SizeName), name, $"invalid option: \"{option}\"");
        }

        if (options.TryGetValue(SizeName, out string? asked))
        {
            Refuse(!ByteSize.TryParse(asked, out size), name, $"invalid size: '{asked}'");
            Refuse(size > 0 && !quotas, name, "quota size requested but no quota support");
            Refuse(size is > 0 and < ProjectQuotas.Smallest, name, ProjectQuotas.TooSmall(size));
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
        bool mounts = options.ContainsKey(DeviceName);

        // Docker takes both, and then sets the quota on whatever file system is mounted, or fails at each use.
        Refuse(mounts && size > 0, name, "size bounds a directory of the volume's own: it cannot go together with device (a tmpfs has a size among its options o)");
        return new LocalOptions(type, device, words, mounts, size);
    }

    private static void Refuse(bool wrong, string name, string message)
    {
        if (wrong)
        {
            throw EngineException.InvalidParameter($"create {name}: {message}");
        }
    }
}
