namespace Rtd.Daemon.Images.Archives;

/// <summary>One image of an archive, whatever the archive's format.</summary>
/// <param name="Config">The config blob.</param>
/// <param name="Layers">Lowest first.</param>
/// <param name="Names">What it is to be called; all with tags.</param>
internal sealed record ArchivedImage(byte[] Config, IReadOnlyList<ArchivedLayer> Layers, IReadOnlyList<ImageReference> Names);
