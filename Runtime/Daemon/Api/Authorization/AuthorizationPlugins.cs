using NLog;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Plugins;

namespace Rtd.Daemon.Api.Authorization;

/// <summary>The plugins that allow or deny requests, by Docker's protocol (AuthZPlugin). What cannot be asked denies.</summary>
/// <param name="names">Those that are in force now, in order.</param>
internal sealed class AuthorizationPlugins(PluginRegistry registry, Func<IReadOnlyList<string>> names)
{
    private const string Subsystem = "authz";

    private static readonly Logger s_log = LogManager.GetLogger("authorization");

    /// <summary>No request has to ask.</summary>
    public static AuthorizationPlugins None { get; } = new(new PluginRegistry(new PluginDirectories([], [])), () => []);

    public bool IsEmpty => names().Count == 0;

    /// <summary>Finds out whether plugins can be had, before anything depends on them.</summary>
    /// <exception cref="EngineException">One cannot.</exception>
    public static async Task CheckAsync(PluginRegistry registry, IReadOnlyList<string> names, TimeSpan? patience = null)
    {
        foreach (string name in names)
        {
            try
            {
                await registry.GetAsync(name, Subsystem, patience);
            }
            catch (EngineException error)
            {
                throw new EngineException(error.Kind, $"validating authorization plugin: {error.Message}", error);
            }
        }
    }

    /// <summary>Asks all plugins about a request, one after the other.</summary>
    /// <exception cref="EngineException">Forbidden, with the plugin's reason; or system, when one failed.</exception>
    public async Task<AuthorizedRequest> AuthorizeAsync(AuthorizationRequest request, CancellationToken cancelled)
    {
        IReadOnlyList<string> asked = names();
        foreach (string name in asked)
        {
            await AskAsync(name, "AuthZPlugin.AuthZReq", request, cancelled);
        }

        return new AuthorizedRequest(this, request, asked);
    }

    internal async Task AskAsync(string name, string method, AuthorizationRequest request, CancellationToken cancelled)
    {
        AuthorizationAnswer answer;
        try
        {
            Plugin plugin = await registry.GetAsync(name, Subsystem, cancelled: cancelled);
            answer = await plugin.Client.CallAsync<AuthorizationAnswer>(method, request, cancelled: cancelled);
        }
        catch (EngineException failed)
        {
            throw EngineException.System($"plugin {name} failed with error: {failed.Message}", failed);
        }

        if (!answer.Allow)
        {
            s_log.Info("{Plugin} denies {Method} {Path} to {User}: {Reason}", name, request.RequestMethod, RequestTarget.Path(request.RequestUri), request.User ?? "anyone", answer.Msg ?? "");
            throw new EngineException(ErrorKind.Forbidden, $"authorization denied by plugin {name}: {answer.Msg}");
        }
    }
}
