using System.Diagnostics;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using NLog;
using Rtd.Daemon.Api.Authorization;
using Rtd.Daemon.Api.Transport;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Api;

/// <summary>What Kestrel calls for every ordinary request: version, route, handler, and the error answer.</summary>
internal sealed class ApiApplication(RouteTable routes, OpenRequests requests, AuthorizationPlugins authorization) : IHttpApplication<HttpContext>
{
    private static readonly Logger s_log = LogManager.GetLogger("api");

    public HttpContext CreateContext(IFeatureCollection contextFeatures)
    {
        DefaultHttpContext http = new(contextFeatures);
        if (contextFeatures.Get<ClientConnection>() is { } client)
        {
            // Kestrel's own token fires at a half-close, this one when the client is gone.
            http.RequestAborted = client.Gone;
        }

        return http;
    }

    public async Task ProcessRequestAsync(HttpContext http)
    {
        try
        {
            ApiHeaders.Apply(http.Response.Headers);
            await ServeAsync(http);
        }
        catch (Exception error)
        {
            await AnswerErrorAsync(http, error);
        }
    }

    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }

    private async Task ServeAsync(HttpContext http)
    {
        string target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        s_log.Debug("{Id} {Method} {Target}", http.TraceIdentifier, http.Request.Method, RequestTarget.Loggable(target));
        using IDisposable open = requests.Begin(http.TraceIdentifier, http.Request.Method, target);
        RouteMatch match = await routes.FindAsync(http.Request.Method, RequestTarget.Path(target));
        if (match.Route is not { } route)
        {
            throw EngineException.NotFound("page not found");
        }

        Version version = ApiVersion.Resolve(match.VersionText);
        RouteHandler handler = route.Handler ?? throw new UnreachableException($"{route.Template} was not taken out of the connection");
        AuthorizedRequest? authorized = authorization.IsEmpty ? null : await AuthorizeAsync(http, target);
        long began = Stopwatch.GetTimestamp();
        ApiContext context = new(http, version, match.Values) { Authorized = authorized };
        try
        {
            await handler(context);
        }
        catch
        {
            ActionTimes.Failed(route);
            throw;
        }

        if (context.Failed)
        {
            ActionTimes.Failed(route);
        }
        else
        {
            ActionTimes.Succeeded(route, began);
        }
    }

    /// <summary>The handler gets the very bytes that the plugins have seen, however they came (CVE-2024-41110 was about a body that was not shown).</summary>
    private async Task<AuthorizedRequest> AuthorizeAsync(HttpContext http, string target)
    {
        HttpRequest request = http.Request;
        byte[]? body = null;
        if (AuthorizationQuestion.ShowsBody(target, request.ContentType))
        {
            body = await JsonBody.ReadWholeAsync(request.BodyReader, request.ContentLength, http.RequestAborted);
            request.Body = new MemoryStream(body, writable: false);
        }

        return await authorization.AuthorizeAsync(
            AuthorizationQuestion.Of(
                http.Features.Get<ClientConnection>(), request.Method, target, request.Headers.Select(header => KeyValuePair.Create(header.Key, header.Value.ToString())), body),
            http.RequestAborted);
    }

    private static async Task AnswerErrorAsync(HttpContext http, Exception error)
    {
        if (http.RequestAborted.IsCancellationRequested && error is OperationCanceledException or IOException)
        {
            s_log.Debug("{Id} the client went away", http.TraceIdentifier);
            http.Abort();
            return;
        }

        (int status, string message, bool unexpected) = ErrorStatus.From(error);
        LogError(http, error, status, message, unexpected);
        if (http.Response.HasStarted)
        {
            // A broken stream is the only way left to say that the answer is not whole.
            http.Abort();
            return;
        }

        http.Response.Clear();
        ApiHeaders.Apply(http.Response.Headers);
        ApiContext context = new(http, ApiVersion.Resolve(null), new Dictionary<string, string>());
        await (status == 304 ? context.WriteEmptyAsync(status) : context.WriteJsonAsync(status, new Models.ErrorResponse(message)));
    }

    private static void LogError(HttpContext http, Exception error, int status, string message, bool unexpected)
    {
        if (unexpected)
        {
            s_log.Error("{Id} {Method} {Path}: {Status} {Message}", http.TraceIdentifier, http.Request.Method, http.Request.Path, status, message);
            s_log.Debug(error, "{Id} the whole error", http.TraceIdentifier);
        }
        else
        {
            s_log.Debug("{Id} {Method} {Path}: {Status} {Message}", http.TraceIdentifier, http.Request.Method, http.Request.Path, status, message);
        }
    }
}
