namespace Rtd.Daemon.Images;

/// <summary>One line of what a removal did: a name taken away, or an image or layer removed.</summary>
internal sealed record ImageRemoval(string? Untagged, string? Deleted);
