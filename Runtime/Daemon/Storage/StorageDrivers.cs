using Rtd.Daemon.Errors;
using Rtd.Daemon.Storage.Drivers;
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
    /// <returns>Warnings.</returns>
    /// <exception cref="EngineException">Invalid parameter: not an option, or one that cannot be fulfilled.</exception>
    public static IReadOnlyList<string> CheckOptions(IReadOnlyList<string> options)
    {
        List<string> warnings = [];
        foreach (string option in options)
        {
            int equals = option.IndexOf('=');
            string key = (equals < 0 ? option : option[..equals]).Trim().ToLowerInvariant();
            switch (key)
            {
                case "overlay2.override_kernel_check" when equals > 0 && bool.TryParse(option[(equals + 1)..].Trim(), out _):
                    warnings.Add($"storage option {option} is ignored: every kernel that this engine runs on is new enough");
                    break;
                case "overlay2.size" or "vfs.size" or "btrfs.min_space":
                    throw EngineException.InvalidParameter($"storage option {option}: limits on the size of containers are not supported");
                default:
                    throw EngineException.InvalidParameter($"unknown storage option \"{option}\"");
            }
        }

        return warnings;
    }

    /// <exception cref="NotSupportedException">The driver does not work on this file system; the message says why.</exception>
    public static IGraphDriver Start(string driver, StorageLayout layout, TreeRemoval removal) => driver switch
    {
        BtrfsDriver.DriverName => new BtrfsDriver(layout, removal),
        FuseOverlayDriver.DriverName => new FuseOverlayDriver(layout, removal),
        VfsDriver.DriverName => new VfsDriver(layout, removal),
        _ => new OverlayDriver(layout, removal),
    };
}
