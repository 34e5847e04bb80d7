using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Images;
using Rtd.Daemon.Images.Listing;

namespace Rtd.Daemon.Api.Routes;

/// <summary>The <c>/images</c> area.</summary>
internal sealed partial class ImageRoutes(ImageService service, IImageUsage usage) : IRouteModule
{
    public void Register(RouteTable routes)
    {
        routes.Map("GET", "/images/json", ListAsync);
        routes.Map("POST", "/images/create", CreateAsync);
        routes.Map("POST", "/images/load", LoadAsync);
        routes.Map("POST", "/images/prune", PruneAsync);
        routes.Map("GET", "/images/get", SaveManyAsync);
        routes.Map("GET", "/images/{name:*}/get", SaveAsync);
        routes.Map("GET", "/images/{name:*}/json", InspectAsync);
        routes.Map("GET", "/images/{name:*}/history", HistoryAsync);
        routes.Map("POST", "/images/{name:*}/tag", TagAsync);
        routes.Map("POST", "/images/{name:*}/push", PushAsync);
        routes.Map("DELETE", "/images/{name:*}", DeleteAsync);
    }

    private Task ListAsync(ApiContext context)
    {
        List<ImageSummary> list = service.List.Run(Filters(context), context.QueryBool("all"), context.QueryBool("shared-size"));
        foreach (ImageSummary image in list)
        {
            Adapt(image, context);
        }

        return context.WriteJsonAsync(200, list);
    }

    private static ImageFilters Filters(ApiContext context) => ImageFilters.Parse(context.Query("filters"), ImageList.Filters);

    internal static void Adapt(ImageSummary image, ApiContext context)
    {
        if (!context.VersionAtLeast(1, 44))
        {
            image.VirtualSize = image.Size;
        }

        // Before 1.43 clients looked for this text rather than for an empty list.
        if (!context.VersionAtLeast(1, 43) && image.RepoTags.Count == 0 && image.RepoDigests.Count == 0)
        {
            image.RepoTags.Add("<none>:<none>");
            image.RepoDigests.Add("<none>@<none>");
        }
    }

    private Task InspectAsync(ApiContext context)
    {
        ImageEntry entry = service.Images.GetEntry(context["name"]);
        ImageConfig config = entry.Image.Config;
        return context.WriteJsonAsync(200, new ImageInspect
        {
            Id = entry.Image.Id,
            RepoTags = entry.References.Where(name => name.Tag is not null).Select(name => name.Familiar).ToList(),
            RepoDigests = entry.References.Where(name => name.Digest is not null).Select(name => name.Familiar).ToList(),
            Parent = entry.Origin?.Parent ?? "",
            Comment = config.History is [.., { Comment: { } comment }] ? comment : "",
            Created = config.Created,
            Container = context.VersionAtLeast(1, 45) ? null : "",
            ContainerConfig = WantsContainerConfig(context) ? config.Config ?? new ContainerConfig() : null,
            Author = config.Author ?? "",
            Config = config.Config ?? new ContainerConfig(),
            Architecture = config.Architecture,
            Variant = config.Variant,
            Os = config.Os,
            Size = entry.Image.Size,
            VirtualSize = context.VersionAtLeast(1, 44) ? null : entry.Image.Size,
            GraphDriver = GraphDriver(entry.Image),
            RootFS = new ImageRootFs { Type = config.Rootfs.Type, Layers = config.Rootfs.DiffIds.Count > 0 ? config.Rootfs.DiffIds : null },
            Metadata = new ImageMetadata { LastTagTime = entry.LastTagged ?? default },
        });
    }

    /// <summary>
    /// API 1.45 took it away. docker-compose 1 asks in the newest version there is and reads it all the same, when it makes a container anew:
    /// with dockerd it then dies of KeyError 'ContainerConfig'.
    /// </summary>
    private static bool WantsContainerConfig(ApiContext context) =>
        !context.VersionAtLeast(1, 45) || context.Http.Request.Headers.UserAgent.ToString().StartsWith("docker-compose/1.", StringComparison.Ordinal);

    private ImageGraphDriver GraphDriver(Image image) => new()
    {
        Name = service.Storage.Driver.Name,
        Data = service.Storage.Driver.Describe(null, service.Storage.LayerStore.Stack(image.ChainId).Select(layer => layer.ChainId).ToArray()),
    };

    private Task HistoryAsync(ApiContext context) =>
        context.WriteJsonAsync(200, ImageHistory.Of(service.Images.GetEntry(context["name"]), service.Images.FindParent, service.Storage.LayerStore));

    private Task TagAsync(ApiContext context)
    {
        service.Images.Tag(context["name"], ImageReference.ParseTarget(context.Query("repo") ?? "", context.Query("tag")));
        return context.WriteEmptyAsync(201);
    }

    private Task DeleteAsync(ApiContext context)
    {
        IReadOnlyList<ImageRemoval> done = service.Images.Remove(context["name"], context.QueryBool("force"), usage);
        return context.WriteJsonAsync(200, Items(done));
    }

    private Task PruneAsync(ApiContext context)
    {
        ImageFilters filters = ImageFilters.Parse(context.Query("filters"), "dangling", "label", "label!", "until");
        DateTimeOffset? until = filters.Time("until");
        (IReadOnlyList<ImageRemoval> removed, long reclaimed) = service.Images.Prune(
            filters.Bool("dangling") ?? true,
            entry => (until is null || entry.Created < until)
                && filters.MatchesLabels(entry.Image.Config.Config?.Labels)
                && filters.MatchesNoLabels(entry.Image.Config.Config?.Labels),
            usage,
            context.Aborted);
        return context.WriteJsonAsync(200, new ImagePruneReport { ImagesDeleted = removed.Count > 0 ? Items(removed) : null, SpaceReclaimed = reclaimed });
    }

    private static List<ImageDeleteItem> Items(IReadOnlyList<ImageRemoval> removed) =>
        removed.Select(item => new ImageDeleteItem { Untagged = item.Untagged, Deleted = item.Deleted }).ToList();

    private Task CreateAsync(ApiContext context) => context.Query("fromImage") is { Length: > 0 } image
        ? PullAsync(context, image)
        : ImportAsync(context);

    private async Task LoadAsync(ApiContext context)
    {
        ImageProgressOutput output = new(context, quiet: context.QueryBool("quiet"));
        try
        {
            await ImageService.WithBody(
                context.RequestBody,
                body =>
                {
                    service.Load.Run(body, output, context.Aborted);
                    return true;
                },
                context.Aborted);
        }
        catch (Exception error) when (output.HasStarted && error is not OperationCanceledException)
        {
            await output.FailAsync(error);
        }
    }
}
