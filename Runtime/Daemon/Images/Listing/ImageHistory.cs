using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Storage.Layers;

namespace Rtd.Daemon.Images.Listing;

/// <summary>What <c>docker history</c> shows: the config's history with the sizes of the layers it made.</summary>
internal static class ImageHistory
{
    public static List<ImageHistoryItem> Of(ImageEntry entry, LayerStore layers)
    {
        Queue<Layer> lowestFirst = new(layers.Stack(entry.Image.ChainId).Reverse());
        List<ImageHistoryItem> items = [];
        foreach (ImageHistoryEntry line in entry.Image.Config.History ?? [])
        {
            items.Add(new ImageHistoryItem
            {
                Id = "<missing>",
                Comment = line.Comment ?? "",
                Created = (line.Created ?? default).ToUnixTimeSeconds(),
                CreatedBy = line.CreatedBy ?? "",
                Size = !line.EmptyLayer && lowestFirst.TryDequeue(out Layer? layer) ? layer.Size : 0,
            });
        }

        items.Reverse();
        if (items.Count > 0)
        {
            items[0].Id = entry.Image.Id;
            items[0].Tags = entry.References.Where(name => name.Tag is not null).Select(name => name.Familiar).ToList() is { Count: > 0 } tags ? tags : null;
        }

        return items;
    }
}
