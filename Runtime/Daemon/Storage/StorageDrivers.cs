using Rtd.Daemon.Configuration;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Storage.Drivers;
using Rtd.Daemon.Storage.Quotas;
using Rtd.Daemon.Storage.Trees;

namespace Rtd.Daemon.Storage;

/// <summary>The graph drivers by name, and their options.</summary>
internal static class StorageDrivers
{
    /// <summary>What a new data root gets, in this order: the first one that works there.</summary>
    public static readonly IReadOnlyList<string> Preferred = [OverlayDriver.DriverName, BtrfsDriver.DriverName, FuseOverlayDriver.DriverName, VfsDriver.DriverName];

    /// <exception cref="EngineException">Invalid parameter: there is no such driver.</exception>
    public static void Check(string driver)
    {
        if (!Preferred.Contains(driver))
        {
            throw EngineException.InvalidParameter($"unknown storage driver \"{driver}\": must be one of {string.Join(", ", Preferred)}");
        }
    }

    /// <summary>Checks <c>--storage-opt</c> values; an option that would be passed over in silence is an error instead.</summary>
    /// <param name="warn">Called with warnings.</param>
    /// <exception cref="EngineException">Invalid parameter: not an option, or not a value of it.</exception>
    public static StorageDriverOptions ParseOptions(IReadOnlyList<string> options, Action<string> warn)
    {
        StorageDriverOptions parsed = new();
        foreach (string option in options)
        {
            int equals = option.IndexOf('=');
            string key = (equals < 0 ? option : option[..equals]).Trim().ToLowerInvariant();
            switch (key)
            {
                case "overlay2.override_kernel_check" when equals > 0 && bool.TryParse(option[(equals + 1)..].Trim(), out _):
                    warn($"storage option {option} is ignored: every kernel that this engine runs on is new enough");
                    break;
                case "overlay2.size" or "vfs.size":
                    parsed = Owned(parsed, key, option) with { Size = Bytes(option) is > 0 and var size ? size : null };
                    break;
                case "btrfs.min_space":
                    parsed = Owned(parsed, key, option) with { MinSpace = Bytes(option) };
                    break;
                default:
                    throw EngineException.InvalidParameter($"unknown storage option \"{option}\"");
            }
        }

        return parsed;
    }

    /// <param name="quotas">Of the file system that it is to work on; null where there are none.</param>
    /// <exception cref="NotSupportedException">The driver does not work on this file system; the message says why.</exception>
    /// <exception cref="EngineException">Invalid parameter: options that are not the driver's, or cannot be fulfilled there.</exception>
    public static IGraphDriver Start(string driver, StorageLayout layout, TreeRemoval removal, ProjectQuotas? quotas, StorageDriverOptions options)
    {
        options.CheckAre(driver);
        if (options.Size is not null && quotas is null)
        {
            throw EngineException.InvalidParameter($"Storage option {driver}.size not supported. Filesystem does not support Project Quota: {ProjectQuotas.Unsupported}");
        }

        IGraphDriver started = driver switch
        {
            BtrfsDriver.DriverName => new BtrfsDriver(layout, removal, options),
            FuseOverlayDriver.DriverName => new FuseOverlayDriver(layout, removal),
            VfsDriver.DriverName => new VfsDriver(layout, removal, quotas, options),
            _ => new OverlayDriver(layout, removal, quotas, options),
        };
        if (options.Size is { } size)
        {
            started.CheckLimit(size);
        }

        return started;
    }

    private static StorageDriverOptions Owned(StorageDriverOptions parsed, string key, string option) =>
        parsed with { Given = [.. parsed.Given, (key[..key.IndexOf('.')], option)] };

    private static long Bytes(string option)
    {
        string value = option[(option.IndexOf('=') + 1)..].Trim();
        return ByteSize.TryParse(value, out long bytes) ? bytes : throw EngineException.InvalidParameter($"storage option {option}: invalid size: '{value}'");
    }
}
