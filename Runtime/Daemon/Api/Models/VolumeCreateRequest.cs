namespace Rtd.Daemon.Api.Models;

/// <summary>A volume to make.</summary>
internal sealed class VolumeCreateRequest
{
    public string Name { get; set; } = "";

    public string Driver { get; set; } = "";

    public Dictionary<string, string>? DriverOpts { get; set; }

    public Dictionary<string, string>? Labels { get; set; }
}
