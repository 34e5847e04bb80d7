using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Builds;
using Rtd.Daemon.Containers;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Images;
using Rtd.Daemon.Images.Listing;
using Rtd.Daemon.Storage.Layers;
using Rtd.Daemon.Volumes;

namespace Rtd.Daemon.Api.Routes;

/// <summary><c>/system/df</c>: sizes of images and layers are known, those of containers and volumes are measured while the client waits.</summary>
internal sealed class DiskUsageRoutes(ImageService images, IImageUsage usage, ContainerService containers, VolumeService volumes, BuildService builds) : IRouteModule
{
    private static readonly string[] s_types = ["container", "image", "volume", "build-cache"];

    public void Register(RouteTable routes) => routes.Map("GET", "/system/df", UsageAsync);

    private async Task UsageAsync(ApiContext context)
    {
        IReadOnlyList<string> types = context.QueryAll("type") is { Count: > 0 } asked ? asked : s_types;
        if (types.FirstOrDefault(type => !s_types.Contains(type)) is { } unknown)
        {
            throw EngineException.InvalidParameter($"unknown object type: {unknown}");
        }

        DiskUsage found = await Task.Factory.StartNew(
            () => Measure(types, context),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        await context.WriteJsonAsync(200, found);
    }

    private DiskUsage Measure(IReadOnlyList<string> types, ApiContext context) => new()
    {
        LayersSize = types.Contains("image") ? LayersSize() : 0,
        Images = types.Contains("image") ? Images(context) : null,
        Containers = types.Contains("container") ? [.. containers.List(all: true, limit: 0, withSize: true, filterText: null)] : null,
        Volumes = types.Contains("volume") ? [.. volumes.Usage()] : null,
        BuildCache = types.Contains("build-cache") ? builds.Cache() : null,
    };

    private long LayersSize()
    {
        LayerStore layers = images.Storage.LayerStore;
        return layers.All().Sum(chainId => layers.Find(chainId)?.Size ?? 0);
    }

    private List<ImageSummary> Images(ApiContext context)
    {
        List<ImageSummary> list = images.List.Run(ImageFilters.Parse(null), all: false, sharedSize: true);
        foreach (ImageSummary image in list)
        {
            image.Containers = usage.Users(image.Id).Count;
            ImageRoutes.Adapt(image, context);
        }

        return list;
    }
}
