namespace Rtd.Daemon.Images.Archives;

/// <summary>A layer's file in the archive, maybe compressed.</summary>
/// <param name="File">Its name in the archive.</param>
/// <param name="Digest">What the file's own bytes must hash to, or null when the format does not say.</param>
internal sealed record ArchivedLayer(string File, string? Digest);
