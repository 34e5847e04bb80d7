namespace Rtd.Protocol.Spec;

/// <summary>A device node that appears in the container's /dev.</summary>
/// <param name="Path">Absolute path inside the container.</param>
/// <param name="Type">'c', 'b' or 'p'.</param>
/// <param name="Mode">Permission bits.</param>
internal sealed record DeviceSpec(string Path, char Type, uint Major, uint Minor, uint Mode, uint Uid, uint Gid)
{
    /// <summary>Where the host has it; the daemon's own, it is not sent.</summary>
    public string Source { get; init; } = "";
}
