using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Rtd.Client.Engine;
using Rtd.Client.Json;

namespace Rtd.Client.Images.Tree;

/// <summary>All images of a daemon, and which layers they share.</summary>
internal sealed class ImageForest
{
    private readonly Dictionary<string, List<TreeImage>> _users = [];

    private ImageForest(IReadOnlyList<TreeImage> images)
    {
        Images = images;
        foreach (TreeImage image in images)
        {
            foreach (TreeLayer layer in image.Layers)
            {
                List<TreeImage> users = _users.TryGetValue(layer.ChainId, out List<TreeImage>? known) ? known : _users[layer.ChainId] = [];
                users.Add(image);
            }
        }
    }

    /// <summary>In the daemon's order: the latest first.</summary>
    public IReadOnlyList<TreeImage> Images { get; }

    /// <summary>How many layers there are, each counted once.</summary>
    public int LayerCount => _users.Count;

    /// <summary>Bytes of all layers, each counted once.</summary>
    public long TotalSize => _users.Sum(entry => SizeOf(entry.Key, entry.Value));

    /// <summary>Bytes of those layers that more than one image has.</summary>
    public long SharedSize => _users.Where(entry => entry.Value.Count > 1).Sum(entry => SizeOf(entry.Key, entry.Value));

    /// <exception cref="EngineException">The daemon answered with an error.</exception>
    public static ImageForest Read(EngineClient engine)
    {
        using JsonDocument list = engine.GetJson("/images/json");
        using JsonDocument containers = engine.GetJson("/containers/json?all=1");
        Dictionary<string, int> uses = containers.RootElement.Items().GroupBy(container => container.Text("ImageID")).ToDictionary(group => group.Key, group => group.Count());
        List<TreeImage> images = [];
        foreach (JsonElement summary in list.RootElement.Items())
        {
            if (Inspect(engine, summary, uses.GetValueOrDefault(summary.Text("Id"))) is { } image)
            {
                images.Add(image);
            }
        }

        return new ImageForest(images);
    }

    /// <summary>The other images that have a layer.</summary>
    public IEnumerable<TreeImage> Sharers(TreeImage image, TreeLayer layer) => _users[layer.ChainId].Where(other => other.Id != image.Id);

    /// <summary>Bytes that no other image has.</summary>
    public long UniqueSize(TreeImage image)
    {
        // Sizes that the history does not tell are what is left of the whole.
        long known = image.Layers.Sum(layer => layer.Size ?? 0);
        long unknown = image.Layers.All(layer => layer.Size is null) && !image.Layers.Any(layer => Sharers(image, layer).Any()) ? image.Size - known : 0;
        return unknown + image.Layers.Where(layer => !Sharers(image, layer).Any()).Sum(layer => layer.Size ?? 0);
    }

    /// <summary>Bytes that the removal of one name alone frees: none while another name or a container holds the image.</summary>
    public long Frees(TreeImage image) => image.Names.Count > 1 || image.Containers > 0 ? 0 : UniqueSize(image);

    private static long SizeOf(string chainId, List<TreeImage> users) => users[0].Layers.First(layer => layer.ChainId == chainId).Size ?? 0;

    /// <summary>Null when the image has been removed since it was listed.</summary>
    private static TreeImage? Inspect(EngineClient engine, JsonElement summary, int containers)
    {
        string id = summary.Text("Id");
        try
        {
            using JsonDocument details = engine.GetJson($"/images/{QueryString.Segment(id)}/json");
            using JsonDocument history = engine.GetJson($"/images/{QueryString.Segment(id)}/history");
            string[] diffIds = [.. details.RootElement.Member("RootFS").Member("Layers").Texts()];
            long?[] sizes = LayerSizes.Of(history.RootElement, diffIds.Length, summary.Number("Size"));
            return new TreeImage(id, Names(summary), summary.Number("Size"), Layers(diffIds, sizes), containers);
        }
        catch (EngineException failure) when (failure.Status == 404)
        {
            return null;
        }
    }

    private static string[] Names(JsonElement summary)
    {
        string[] tags = [.. summary.Member("RepoTags").Texts().Where(name => name != "<none>:<none>")];
        return tags.Length > 0 ? tags : [.. summary.Member("RepoDigests").Texts().Where(name => name != "<none>@<none>")];
    }

    private static List<TreeLayer> Layers(string[] diffIds, long?[] sizes)
    {
        List<TreeLayer> layers = [];
        foreach ((string diffId, long? size) in diffIds.Zip(sizes))
        {
            layers.Add(new TreeLayer(diffId, layers.Count == 0 ? diffId : Chain(layers[^1].ChainId, diffId), size));
        }

        return layers;
    }

    private static string Chain(string below, string diffId) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes($"{below} {diffId}")));
}
