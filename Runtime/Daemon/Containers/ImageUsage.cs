using Rtd.Daemon.Images;

namespace Rtd.Daemon.Containers;

/// <summary>Which containers were made from an image, or mount it.</summary>
internal sealed class ImageUsage(ContainerService containers) : IImageUsage
{
    public IReadOnlyList<ImageUser> Users(string imageId) =>
        [.. containers.All.Where(container => container.Record.ImageId == imageId || container.Record.Mounts.Exists(mount => mount.ImageId == imageId)).Select(container => new ImageUser(container.Id, container.State.Running))];
}
