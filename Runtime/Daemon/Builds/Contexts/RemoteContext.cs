using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Images;
using Rtd.Daemon.Storage.Files;

namespace Rtd.Daemon.Builds.Contexts;

/// <summary>A context that the engine gets itself: from a web server or by git.</summary>
internal sealed class RemoteContext(ContextReader contexts, BuildDirectory directory)
{
    /// <exception cref="EngineException">As the server or git says.</exception>
    public async Task<BuildContext> OpenAsync(string address, string dockerfile, Func<ImageMessage, Task> send, CancellationToken cancelled)
    {
        if (GitAddress.TryParse(address) is { } git)
        {
            return await new GitCheckout(contexts, directory).OpenAsync(git, dockerfile, cancelled);
        }

        RemoteArchive remote = new(address);
        using HttpResponseMessage response = await remote.GetAsync(cancelled);
        await send(new ImageMessage { Stream = $"Downloading build context from remote url: {remote.Shown}\n" });
        await using Stream body = await response.Content.ReadAsStreamAsync(cancelled);
        return await ImageService.WithBody(body, content => contexts.Read(content, dockerfile, cancelled), cancelled);
    }
}
