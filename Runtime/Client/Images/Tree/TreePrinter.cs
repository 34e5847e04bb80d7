using Rtd.Client.Formatting;
using Rtd.Client.Terminal;

namespace Rtd.Client.Images.Tree;

/// <summary>Images with a line for each name and, below it, for each layer: its size, and who else has it. Sizes are aligned to the right.</summary>
internal sealed class TreePrinter(ImageForest forest, bool truncate)
{
    private const string Gap = "   ";
    private const string Unknown = "?";

    private static readonly TreeRow s_header = new("IMAGE / LAYER", "ID", "SIZE", "FREES", "SHARED WITH");

    public void Print(TextSink sink, IEnumerable<TreeImage> images)
    {
        TreeRow[] rows = [s_header, .. images.SelectMany(Rows)];
        int name = rows.Max(row => row.Name.Length);
        int id = rows.Max(row => row.Id.Length);
        int size = rows.Max(row => row.Size.Length);
        int frees = rows.Max(row => row.Frees.Length);
        int room = sink.IsTerminal && truncate ? Math.Max(s_header.Note.Length, sink.Columns - name - id - size - frees - (4 * Gap.Length)) : int.MaxValue;
        foreach (TreeRow row in rows)
        {
            string line = row.Name.PadRight(name) + Gap + row.Id.PadRight(id) + Gap + row.Size.PadLeft(size) + Gap + row.Frees.PadLeft(frees) + Gap + Ellipsis.Cut(row.Note, room);
            sink.WriteLine(line.TrimEnd());
        }

        string imageCount = forest.Images.Count == 1 ? "1 image" : $"{forest.Images.Count} images";
        string layerCount = forest.LayerCount == 1 ? "1 layer" : $"{forest.LayerCount} layers";
        sink.WriteLine();
        sink.WriteLine($"{imageCount}, {layerCount}, {HumanSize.Decimal(forest.TotalSize, 3)} in all; {HumanSize.Decimal(forest.SharedSize, 3)} shared by several images");
    }

    private IEnumerable<TreeRow> Rows(TreeImage image)
    {
        string id = truncate ? Ellipsis.ShortId(image.Id) : image.Id;
        string frees = HumanSize.Decimal(forest.Frees(image), 3);
        IReadOnlyList<string> names = image.Names.Count > 0 ? image.Names : ["<none>"];
        foreach (string name in names)
        {
            yield return new TreeRow(name, id, HumanSize.Decimal(image.Size, 3), frees, Note(image, name));
        }

        for (int i = 0; i < image.Layers.Count; i++)
        {
            TreeLayer layer = image.Layers[i];
            string branch = i == image.Layers.Count - 1 ? "└─ " : "├─ ";
            string size = layer.Size is { } bytes ? HumanSize.Decimal(bytes, 3) : Unknown;
            string sharers = string.Join(", ", forest.Sharers(image, layer).Select(other => other.Name));
            yield return new TreeRow(branch + (truncate ? Ellipsis.ShortId(layer.DiffId) : layer.DiffId), "", size, "", sharers);
        }
    }

    /// <summary>Why the removal of this name alone frees nothing.</summary>
    private string Note(TreeImage image, string name)
    {
        List<string> notes = [];
        string[] others = [.. image.Names.Where(other => other != name)];
        if (others.Length > 0)
        {
            notes.Add($"same image: {string.Join(", ", others)}; {HumanSize.Decimal(forest.UniqueSize(image), 3)} with the last name");
        }

        if (image.Containers > 0)
        {
            notes.Add(image.Containers == 1 ? "in use by 1 container" : $"in use by {image.Containers} containers");
        }

        return string.Join("; ", notes);
    }
}
