namespace Rtd.Client.Images.Tree;

/// <summary>A layer in its place: the same contents upon other layers are another one.</summary>
/// <param name="DiffId">Digest of its tar archive.</param>
/// <param name="ChainId">Digest that stands for it and all below it (OCI image specification); what stores share by.</param>
/// <param name="Size">Bytes of the files in it; null when the image's history does not tell.</param>
internal sealed record TreeLayer(string DiffId, string ChainId, long? Size);
