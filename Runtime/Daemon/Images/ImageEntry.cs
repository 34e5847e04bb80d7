namespace Rtd.Daemon.Images;

/// <summary>An image with the names it has at a moment; immutable, so that lists are made without a lock.</summary>
internal sealed record ImageEntry(Image Image, IReadOnlyList<ImageReference> References, DateTimeOffset? LastTagged)
{
    /// <summary>No name with a tag: what <c>dangling=true</c> asks for.</summary>
    public bool IsDangling => !References.Any(reference => reference.Tag is not null);

    /// <summary>When the image says it was made; the year 1 when it does not say.</summary>
    public DateTimeOffset Created => Image.Config.Created ?? default;
}
