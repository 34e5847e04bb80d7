using Rtd.Daemon.Containers.State;

namespace Rtd.Daemon.Containers.Validation;

/// <summary>A mount as asked for; a volume of it may still have to be made.</summary>
internal sealed record PlannedMount(MountPoint Point)
{
    public string Driver { get; init; } = "";

    public IReadOnlyDictionary<string, string>? Options { get; init; }

    public IReadOnlyDictionary<string, string>? Labels { get; init; }
}
