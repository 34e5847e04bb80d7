using System.Text.Json.Nodes;
using Rtd.Client.Json;

namespace Rtd.Client.Images.Tree;

/// <summary>The tree for programs: an image's JSON on each line, sizes in bytes.</summary>
internal static class TreeJson
{
    public static string Line(ImageForest forest, TreeImage image)
    {
        JsonObject json = new()
        {
            ["Id"] = image.Id,
            ["Names"] = JsonLists.Of(image.Names),
            ["Size"] = image.Size,
            ["UniqueSize"] = forest.UniqueSize(image),
            ["Frees"] = forest.Frees(image),
            ["Containers"] = image.Containers,
            ["Layers"] = JsonLists.Of(image.Layers.Select(layer => Layer(forest, image, layer))),
        };
        return json.ToJsonString();
    }

    private static JsonNode Layer(ImageForest forest, TreeImage image, TreeLayer layer) => new JsonObject
    {
        ["DiffId"] = layer.DiffId,
        ["ChainId"] = layer.ChainId,
        ["Size"] = layer.Size,
        ["SharedWith"] = JsonLists.Of(forest.Sharers(image, layer).Select(other => other.Name)),
    };
}
