namespace Rtd.Daemon.Api.Authorization;

/// <summary>A request that plugins have allowed; they are asked again about its answer, in reverse order.</summary>
internal sealed class AuthorizedRequest(AuthorizationPlugins plugins, AuthorizationRequest request, IReadOnlyList<string> asked)
{
    /// <summary>Asks before the first byte of the answer: what has been sent cannot be denied.</summary>
    /// <param name="body">A JSON document; null for a stream and for other content.</param>
    /// <exception cref="Errors.EngineException">Forbidden, or system.</exception>
    public async Task AuthorizeAnswerAsync(int status, Dictionary<string, string> headers, byte[]? body, CancellationToken cancelled)
    {
        AuthorizationRequest question = request with { ResponseStatusCode = status, ResponseHeaders = headers, ResponseBody = body };
        foreach (string name in asked.Reverse())
        {
            await plugins.AskAsync(name, "AuthZPlugin.AuthZRes", question, cancelled);
        }
    }
}
