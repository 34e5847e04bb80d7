using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Images;

namespace Rtd.Daemon.Containers;

/// <summary>How to make an image of a container.</summary>
/// <param name="Container">Id, prefix or name.</param>
/// <param name="Name">What to call the image, or null.</param>
/// <param name="Pause">Freeze the container's processes while its files are read.</param>
/// <param name="Config">Takes precedence over the container's own configuration, or null.</param>
/// <param name="Changes">Dockerfile instructions for the configuration.</param>
internal sealed record CommitRequest(
    string Container,
    ImageReference? Name,
    string Author,
    string Comment,
    bool Pause,
    ContainerConfig? Config,
    IReadOnlyList<string> Changes);
