using Rtd.Daemon.Api;
using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Images;

namespace Rtd.Daemon.Containers;

internal sealed partial class ContainerService : IImageUsage
{
    /// <summary>For <c>/info</c>.</summary>
    public ContainerCounts Counts
    {
        get
        {
            int running = 0, paused = 0, stopped = 0;
            foreach (Container container in _store.All)
            {
                switch (container.State.Status)
                {
                    case ContainerStatus.Paused:
                        paused++;
                        break;
                    case ContainerStatus.Running or ContainerStatus.Restarting:
                        running++;
                        break;
                    default:
                        stopped++;
                        break;
                }
            }

            return new ContainerCounts(running, paused, stopped);
        }
    }

    public IReadOnlyList<ImageUser> Users(string imageId) => [.. _store.All
        .Where(container => container.Record.ImageId == imageId)
        .Select(container => new ImageUser(container.Id, container.State.Running))];
}
