using NLog;
using Rtd.Daemon.Api.Authorization;
using Rtd.Daemon.Api.Transport;

namespace Rtd.Daemon.Api.Hijack;

/// <summary>Serves one request that was taken out of its connection: handler, and the error answer while one is still possible.</summary>
internal sealed class ConnectionHijack(ClientConnection client, RequestHead head, RouteMatch match, AuthorizationPlugins authorization)
{
    private static readonly Logger s_log = LogManager.GetLogger("api");

    public async Task ServeAsync()
    {
        s_log.Debug("{Id} {Method} {Target} (hijack)", client.ConnectionId, head.Method, RequestTarget.Loggable(head.Target));
        ConnectionHijackContext? context = null;
        try
        {
            context = new ConnectionHijackContext(client, head, match.Values, ApiVersion.Resolve(match.VersionText));
            await AuthorizeAsync(context);
            await match.Route!.Hijack!(context);
            await context.FinishAsync();
        }
        catch (Exception error)
        {
            await AnswerErrorAsync(error, context);
        }
        finally
        {
            await (context?.DisposeAsync() ?? ValueTask.CompletedTask);
        }
    }

    private async Task AuthorizeAsync(ConnectionHijackContext context)
    {
        if (!authorization.IsEmpty)
        {
            byte[]? body = AuthorizationQuestion.ShowsBody(head.Target, head.ContentType) ? await context.ReadDocumentAsync() : null;
            await authorization.AuthorizeAsync(AuthorizationQuestion.Of(client, head.Method, head.Target, head.Headers, body), client.Gone);
        }
    }

    private async Task AnswerErrorAsync(Exception error, ConnectionHijackContext? context)
    {
        (int status, string message, bool unexpected) = ErrorStatus.From(error);
        if (client.Gone.IsCancellationRequested)
        {
            s_log.Debug("{Id} the client went away: {Message}", client.ConnectionId, message);
            return;
        }

        s_log.Log(unexpected ? LogLevel.Error : LogLevel.Debug, "{Id} {Method} {Target}: {Status} {Message}",
            client.ConnectionId, head.Method, RequestTarget.Path(head.Target), status, message);
        if (context is not { Answered: true })
        {
            await RawAnswer.WriteAsync(client.Output, status, status == 304 ? null : new Models.ErrorResponse(message));
        }
    }
}
