namespace Rtd.Daemon.Api.Models;

/// <summary>One line of <c>docker diff</c>.</summary>
internal sealed class ContainerChange
{
    public string Path { get; set; } = "";

    /// <summary>0 modified, 1 added, 2 deleted.</summary>
    public int Kind { get; set; }
}
