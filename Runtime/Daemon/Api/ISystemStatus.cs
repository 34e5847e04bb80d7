using Rtd.Daemon.Cgroups;

namespace Rtd.Daemon.Api;

/// <summary>What <c>/info</c> gathers from the other parts of the daemon. Called per request; must be quick.</summary>
internal interface ISystemStatus
{
    ContainerCounts Containers { get; }

    int Images { get; }

    /// <summary>Such as overlay2.</summary>
    string StorageDriver { get; }

    /// <summary>Name and value lines under the storage driver.</summary>
    IReadOnlyList<KeyValuePair<string, string>> StorageStatus { get; }

    /// <summary>1 or 2.</summary>
    int CgroupVersion { get; }

    CgroupFeatures CgroupFeatures { get; }

    /// <summary>Such as <c>name=seccomp,profile=builtin</c>.</summary>
    IReadOnlyList<string> SecurityOptions { get; }

    IReadOnlyList<string> NetworkDrivers { get; }

    IReadOnlyList<string> VolumeDrivers { get; }

    IReadOnlyList<string> LogDrivers { get; }

    /// <summary>What the user should know, a line each ("WARNING: No swap limit support").</summary>
    IReadOnlyList<string> Warnings { get; }
}
