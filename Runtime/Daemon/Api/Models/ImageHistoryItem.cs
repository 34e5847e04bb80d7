namespace Rtd.Daemon.Api.Models;

/// <summary>One line of <c>GET /images/{name}/history</c>, the newest first.</summary>
internal sealed class ImageHistoryItem
{
    public string Comment { get; set; } = "";

    /// <summary>Seconds since 1970.</summary>
    public long Created { get; set; }

    public string CreatedBy { get; set; } = "";

    public string Id { get; set; } = "";

    public long Size { get; set; }

    public List<string>? Tags { get; set; }
}
