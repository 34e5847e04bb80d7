using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Storage;

/// <summary>The storage driver's own options, checked.</summary>
internal sealed record StorageDriverOptions
{
    /// <summary>Options that belong to one driver, as they were given, with its name.</summary>
    public IReadOnlyList<(string Driver, string Option)> Given { get; init; } = [];

    /// <summary>The most bytes that a container's layer may take unless it says otherwise; null: no limit.</summary>
    public long? Size { get; init; }

    /// <summary>The smallest limit that a container may ask for, in bytes.</summary>
    public long MinSpace { get; init; }

    /// <exception cref="EngineException">Invalid parameter: an option of another driver.</exception>
    public void CheckAre(string driver)
    {
        foreach ((string owner, string option) in Given)
        {
            if (owner != driver)
            {
                throw EngineException.InvalidParameter($"storage option {option} is not one of storage driver {driver}");
            }
        }
    }
}
