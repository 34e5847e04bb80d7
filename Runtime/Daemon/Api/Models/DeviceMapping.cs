namespace Rtd.Daemon.Api.Models;

/// <summary>A host device given to a container.</summary>
internal sealed class DeviceMapping
{
    public string PathOnHost { get; set; } = "";

    public string PathInContainer { get; set; } = "";

    /// <summary>A subset of "rwm".</summary>
    public string CgroupPermissions { get; set; } = "";
}
