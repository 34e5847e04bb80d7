namespace Rtd.Daemon.Images.Registry;

/// <summary>A blob that holds a layer, and a repository known to have it.</summary>
/// <param name="Digest">Of the blob.</param>
/// <param name="Size">Bytes of the blob.</param>
/// <param name="Repository">Full name, domain first.</param>
internal sealed record LayerSource(string Digest, long Size, string Repository);
