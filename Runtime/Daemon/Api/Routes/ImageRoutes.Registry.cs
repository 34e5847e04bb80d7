using Rtd.Daemon.Errors;
using Rtd.Daemon.Images;
using Rtd.Daemon.Images.Archives;
using Rtd.Daemon.Images.Registry;
using Rtd.Daemon.Images.Transfer;

namespace Rtd.Daemon.Api.Routes;

internal sealed partial class ImageRoutes
{
    private const string AuthHeader = "X-Registry-Auth";

    private Task PullAsync(ApiContext context, string image)
    {
        ImageReference reference = Named(image, context.Query("tag"));
        OciPlatform? platform = context.Query("platform") is { Length: > 0 } text ? Platforms.Parse(text) : null;
        return TransferAsync(context, progress => service.Pull.RunAsync(reference, platform, Credentials(context), progress, context.Aborted));
    }

    private Task PushAsync(ApiContext context)
    {
        ImageReference reference = Named(context["name"], context.Query("tag"));
        return reference.Digest is null
            ? TransferAsync(context, progress => service.Push.RunAsync(reference, Credentials(context), progress, context.Aborted))
            : throw EngineException.InvalidParameter("cannot push a digest reference");
    }

    /// <summary>The tag parameter may be a digest. Without any, all tags are meant.</summary>
    private static ImageReference Named(string image, string? tag)
    {
        ImageReference reference = ImageReference.Parse(image);
        return string.IsNullOrEmpty(tag) ? reference
            : tag.StartsWith("sha256:", StringComparison.Ordinal) ? ImageReference.Parse($"{reference.Name}@{tag}")
            : ImageReference.Parse($"{reference.Name}:{tag}");
    }

    internal static RegistryCredentials Credentials(ApiContext context) => RegistryCredentials.FromHeader(context.Http.Request.Headers[AuthHeader].ToString());

    private static async Task TransferAsync(ApiContext context, Func<ITransferProgress, Task> transfer)
    {
        TransferOutput output = new(context);
        try
        {
            await transfer(output);
            await output.FinishAsync();
        }
        catch (Exception error) when (output.HasStarted && error is not OperationCanceledException)
        {
            await output.FailAsync(error);
        }
    }
}
