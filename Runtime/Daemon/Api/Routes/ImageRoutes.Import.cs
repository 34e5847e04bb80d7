using Rtd.Daemon.Errors;
using Rtd.Daemon.Images;

namespace Rtd.Daemon.Api.Routes;

internal sealed partial class ImageRoutes
{
    /// <summary><c>fromSrc</c> is "-" for the request's body, or a URL, whose scheme is http when it has none.</summary>
    private async Task ImportAsync(ApiContext context)
    {
        string source = context.Query("fromSrc") ?? "";
        if (source.Length == 0)
        {
            throw EngineException.InvalidParameter("one of fromImage and fromSrc is needed");
        }

        string repository = context.Query("repo") ?? "";
        ImageReference? name = repository.Length == 0 ? null : ImageReference.ParseTarget(repository, context.Query("tag"));
        ImageProgressOutput output = new(context, quiet: false);
        try
        {
            Image image = source == "-"
                ? await ImportAsync(context, context.RequestBody, source, name)
                : await DownloadAsync(context, new RemoteArchive(source), name, output);
            output.Status(image.Id);
        }
        catch (Exception error) when (output.HasStarted && error is not OperationCanceledException)
        {
            await output.FailAsync(error);
        }
    }

    private async Task<Image> DownloadAsync(ApiContext context, RemoteArchive archive, ImageReference? name, ImageProgressOutput output)
    {
        using HttpResponseMessage response = await archive.GetAsync(context.Aborted);
        output.Status($"Downloading from {archive.Shown}");
        await using Stream body = await response.Content.ReadAsStreamAsync(context.Aborted);
        long length = response.Content.Headers.ContentLength ?? 0;
        return await ImportAsync(context, body, archive.Shown, name, bytes => new ProgressStream(bytes, length, "", "Importing", output));
    }

    private Task<Image> ImportAsync(ApiContext context, Stream body, string source, ImageReference? name, Func<Stream, Stream>? watch = null)
    {
        string message = context.Query("message") is { Length: > 0 } text ? text : $"Imported from {source}";
        return ImageService.WithBody(
            body,
            bytes => service.Import.Run(watch?.Invoke(bytes) ?? bytes, name, context.QueryAll("changes"), message, context.Query("platform") ?? "", context.Aborted),
            context.Aborted);
    }
}
