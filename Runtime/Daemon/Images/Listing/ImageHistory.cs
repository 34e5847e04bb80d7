using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Storage.Layers;

namespace Rtd.Daemon.Images.Listing;

/// <summary>What <c>docker history</c> shows: the config's history with the sizes of the layers it made.</summary>
internal static class ImageHistory
{
    /// <param name="entry">The image.</param>
    /// <param name="parent">The image that another one was built from here, or null.</param>
    public static List<ImageHistoryItem> Of(ImageEntry entry, Func<string, ImageEntry?> parent, LayerStore layers)
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
        ImageEntry? image = entry;
        foreach (ImageHistoryItem item in items)
        {
            if (image is null)
            {
                break;
            }

            item.Id = image.Image.Id;
            item.Tags = image.References.Where(name => name.Tag is not null).Select(name => name.Familiar).ToList() is { Count: > 0 } tags ? tags : null;
            image = parent(image.Image.Id);
        }

        return items;
    }
}
