namespace Rtd.Daemon.Api.Models;

/// <summary>A resource limit by its short name (nofile, nproc …); −1 is unlimited.</summary>
internal sealed class Ulimit
{
    public string Name { get; set; } = "";

    public long Hard { get; set; }

    public long Soft { get; set; }
}
