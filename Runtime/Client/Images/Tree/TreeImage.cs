namespace Rtd.Client.Images.Tree;

/// <summary>An image with its layers, the lowest first.</summary>
/// <param name="Id">Its id, with the algorithm.</param>
/// <param name="Names">Its tags; its digests when it has no tag; nothing for a dangling one.</param>
/// <param name="Size">Bytes of all its layers.</param>
/// <param name="Layers">Its layers.</param>
/// <param name="Containers">How many containers use it.</param>
internal sealed record TreeImage(string Id, IReadOnlyList<string> Names, long Size, IReadOnlyList<TreeLayer> Layers, int Containers)
{
    /// <summary>One name for it where others list it.</summary>
    public string Name => Names.Count > 0 ? Names[0] : Formatting.Ellipsis.ShortId(Id);
}
