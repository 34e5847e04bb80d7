using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Storage.Layers;

namespace Rtd.Daemon.Images.Listing;

/// <summary>What <c>docker images</c> shows, out of the store's snapshot.</summary>
internal sealed class ImageList(ImageStore images, LayerStore layers)
{
    public static readonly string[] Filters = ["dangling", "label", "before", "since", "reference", "until"];

    /// <param name="all">Also those that are only steps of builds.</param>
    /// <param name="sharedSize">Also compute what each image shares with others.</param>
    public List<ImageSummary> Run(ImageFilters filters, bool all, bool sharedSize)
    {
        DateTimeOffset? before = Created(filters["before"]);
        DateTimeOffset? since = Created(filters["since"]);
        DateTimeOffset? until = filters.Time("until");
        bool? dangling = filters.Bool("dangling");
        ImageEntry[] shown = [.. images.List().Where(entry => all || !entry.IsIntermediate)];
        Dictionary<string, int>? users = sharedSize ? LayerUsers(shown) : null;
        List<ImageSummary> list = [];
        foreach (ImageEntry entry in shown)
        {
            bool wanted = (before is null || entry.Created < before)
                && (since is null || entry.Created > since)
                && (until is null || entry.Created <= until)
                && (dangling is null || dangling == entry.IsDangling)
                && filters.MatchesLabels(entry.Image.Config.Config?.Labels);
            ImageReference[] names = Names(entry, filters["reference"]);
            if (wanted && (names.Length > 0 || !filters.Has("reference")))
            {
                list.Add(Summary(entry, names, users));
            }
        }

        return list;
    }

    private static ImageReference[] Names(ImageEntry entry, IReadOnlyList<string> patterns) => patterns.Count == 0
        ? entry.References.ToArray()
        : entry.References.Where(name => patterns.Any(pattern => NamePattern.Matches(pattern, name))).ToArray();

    private DateTimeOffset? Created(IReadOnlyList<string> references) => references is [string reference, ..] ? images.GetEntry(reference).Created : null;

    private ImageSummary Summary(ImageEntry entry, ImageReference[] names, Dictionary<string, int>? users) => new()
    {
        Id = entry.Image.Id,
        ParentId = entry.Origin?.Parent ?? "",
        Created = entry.Created.ToUnixTimeSeconds(),
        Labels = entry.Image.Config.Config?.Labels,
        RepoTags = names.Where(name => name.Tag is not null).Select(name => name.Familiar).ToList(),
        RepoDigests = names.Where(name => name.Digest is not null).Select(name => name.Familiar).ToList(),
        Size = entry.Image.Size,
        SharedSize = users is null ? -1 : LayersOf(entry).Where(layer => users.GetValueOrDefault(layer.ChainId) > 1).Sum(layer => layer.Size),
    };

    private Dictionary<string, int> LayerUsers(IReadOnlyList<ImageEntry> all)
    {
        Dictionary<string, int> users = [];
        foreach (Layer layer in all.SelectMany(LayersOf))
        {
            users[layer.ChainId] = users.GetValueOrDefault(layer.ChainId) + 1;
        }

        return users;
    }

    /// <summary>None for an image that has been removed since it was listed.</summary>
    private IReadOnlyList<Layer> LayersOf(ImageEntry entry)
    {
        using LayerHold? hold = layers.TryHold(entry.Image.ChainId);
        return hold is null ? [] : layers.Stack(hold.ChainId);
    }
}
