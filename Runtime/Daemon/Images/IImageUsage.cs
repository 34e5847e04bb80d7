namespace Rtd.Daemon.Images;

/// <summary>What the image side asks of containers before it removes an image, and for the number of containers in lists.</summary>
internal interface IImageUsage
{
    /// <summary>All containers that were made from the image; a snapshot.</summary>
    IReadOnlyList<ImageUser> Users(string imageId);
}
