using Rtd.Daemon.Images.Origins;

namespace Rtd.Daemon.Images;

/// <summary>An image with the names it has at a moment; immutable, so that lists are made without a lock.</summary>
/// <param name="Origin">How it was built here; null for an image that came from elsewhere.</param>
/// <param name="HasChildren">Others were built from it here.</param>
internal sealed record ImageEntry(Image Image, IReadOnlyList<ImageReference> References, DateTimeOffset? LastTagged, ImageOrigin? Origin = null, bool HasChildren = false)
{
    /// <summary>No name, and only there for what was built from it, or as a step that a later build may use: listed when all are asked for.</summary>
    public bool IsIntermediate => References.Count == 0 && (HasChildren || Origin is { IsResult: false });

    /// <summary>No name with a tag, and not only a step: what <c>dangling=true</c> asks for.</summary>
    public bool IsDangling => !References.Any(reference => reference.Tag is not null) && !IsIntermediate;

    /// <summary>When the image says it was made; the year 1 when it does not say.</summary>
    public DateTimeOffset Created => Image.Config.Created ?? default;
}
