using Rtd.Daemon.Errors;
using Rtd.Daemon.Images;

namespace Rtd.Daemon.Api.Routes;

internal sealed partial class ImageRoutes
{
    private Task SaveAsync(ApiContext context) => SaveAsync(context, [context["name"]]);

    private Task SaveManyAsync(ApiContext context)
    {
        // docker save repeats the parameter; docker-py and others also give one list with commas.
        string[] names = context.QueryAll("names").SelectMany(value => value.Split(',', StringSplitOptions.RemoveEmptyEntries)).ToArray();
        return names.Length > 0 ? SaveAsync(context, names) : throw EngineException.InvalidParameter("no image to save: names is empty");
    }

    /// <summary>All that can be wrong with the request is found before the first byte goes out.</summary>
    private async Task SaveAsync(ApiContext context, IReadOnlyList<string> names)
    {
        using ImageSave save = service.Save(names);
        Stream output = await context.StartStreamAsync(contentType: "application/x-tar");
        await Task.Factory.StartNew(
            () => save.Write(new AsyncOnlyOutput(output, context.Aborted), context.Aborted),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
    }
}
