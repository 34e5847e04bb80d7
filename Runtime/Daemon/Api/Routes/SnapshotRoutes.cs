using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Containers;
using Rtd.Daemon.Images;

namespace Rtd.Daemon.Api.Routes;

/// <summary>A container's file system as an image, as an archive, and compared with what it was made from.</summary>
internal sealed class SnapshotRoutes(ContainerService containers, ImageCommit commits) : IRouteModule
{
    public void Register(RouteTable routes)
    {
        routes.Map("POST", "/commit", CommitAsync);
        routes.Map("GET", "/containers/{id}/changes", ChangesAsync);
        routes.Map("GET", "/containers/{id}/export", ExportAsync);
    }

    private async Task CommitAsync(ApiContext context)
    {
        string repository = context.Query("repo") ?? "";
        CommitRequest request = new(
            context.Query("container") ?? "",
            repository.Length == 0 ? null : ImageReference.ParseTarget(repository, context.Query("tag")),
            context.Query("author") ?? "",
            context.Query("comment") ?? "",
            context.QueryBool("pause", absent: true),
            await context.ReadNullableJsonAsync<ContainerConfig>(),
            context.QueryAll("changes"));
        Image image = await containers.CommitAsync(request, commits, context.Aborted);
        await context.WriteJsonAsync(201, new IdResponse { Id = image.Id });
    }

    private async Task ChangesAsync(ApiContext context)
    {
        ContainerChange[] changes = [.. (await containers.ChangesAsync(context["id"])).Select(change => new ContainerChange { Path = change.Path, Kind = (int)change.Kind })];
        await context.WriteJsonAsync(200, changes.Length > 0 ? changes : null); // Go's nil slice, as dockerd answers
    }

    /// <summary><c>image=1</c> is our own: rtctl's <c>build --output</c> wants nothing in it that the image has not.</summary>
    private async Task ExportAsync(ApiContext context)
    {
        Action<Stream, CancellationToken> export = containers.Export(context["id"], context.QueryBool("image"));
        Stream output = await context.StartStreamAsync(contentType: "application/octet-stream");
        await Task.Factory.StartNew(
            () => export(new AsyncOnlyOutput(output, context.Aborted), context.Aborted),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
    }
}
