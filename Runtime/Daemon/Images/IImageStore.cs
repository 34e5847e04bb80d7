namespace Rtd.Daemon.Images;

/// <summary>What the container side needs of images.</summary>
internal interface IImageStore
{
    /// <summary>Finds an image by name, name:tag, name@digest, id or unique id prefix. Throws not found in Docker's words ("No such image: name:latest").</summary>
    Image Get(string reference);

    /// <summary>The image with this id, or null when it has been removed.</summary>
    Image? Find(string id);
}
