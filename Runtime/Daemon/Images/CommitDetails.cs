using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Images.Archives;
using Rtd.Daemon.Images.Origins;

namespace Rtd.Daemon.Images;

/// <summary>What an image made from a container, or by a step of a build, says of itself.</summary>
/// <param name="Config">How containers of it run.</param>
/// <param name="CreatedBy">The command that made the changes, for the history.</param>
internal sealed record CommitDetails(ContainerConfig Config, string CreatedBy, string Author, string Comment)
{
    /// <summary>Of an image that begins with nothing.</summary>
    public OciPlatform? Platform { get; init; }

    /// <summary>How it is built; null for one that is not.</summary>
    public ImageOrigin? Origin { get; init; }
}
