namespace Rtd.Daemon.Images;

/// <summary>An image as the store knows it; immutable.</summary>
/// <param name="Id"><c>sha256:…</c>, the digest of the config blob.</param>
/// <param name="Config">The parsed config blob.</param>
/// <param name="ChainId">Chain id of the top layer; empty for an image without layers.</param>
/// <param name="Size">Bytes of all layers, unpacked.</param>
internal sealed record Image(string Id, ImageConfig Config, string ChainId, long Size);
