namespace Rtd.Daemon.Api.Models;

/// <summary>The answer of <c>POST /images/prune</c>.</summary>
internal sealed class ImagePruneReport
{
    public List<ImageDeleteItem>? ImagesDeleted { get; set; }

    public long SpaceReclaimed { get; set; }
}
