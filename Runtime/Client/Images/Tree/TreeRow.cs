namespace Rtd.Client.Images.Tree;

/// <summary>A line of the tree.</summary>
internal sealed record TreeRow(string Name, string Id, string Size, string Frees, string Note);
