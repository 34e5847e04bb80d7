namespace Rtd.Daemon.Api.Models;

/// <summary>What this engine knows of an image and the image itself does not say.</summary>
internal sealed class ImageMetadata
{
    /// <summary>The year 1 when it was never tagged here.</summary>
    public DateTimeOffset LastTagTime { get; set; }
}
