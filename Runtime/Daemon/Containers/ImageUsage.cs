using Rtd.Daemon.Images;

namespace Rtd.Daemon.Containers;

/// <summary>Which containers were made from an image.</summary>
internal sealed class ImageUsage(ContainerService containers) : IImageUsage
{
    public IReadOnlyList<ImageUser> Users(string imageId) =>
        [.. containers.All.Where(container => container.Record.ImageId == imageId).Select(container => new ImageUser(container.Id, container.State.Running))];
}
