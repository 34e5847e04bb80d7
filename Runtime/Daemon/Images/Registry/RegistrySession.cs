using System.Net;
using System.Net.Http.Headers;

namespace Rtd.Daemon.Images.Registry;

/// <summary>One client's talk with one endpoint: its connections, and its tokens. Counted, as downloads that others wait for outlive the pull that began them.</summary>
internal sealed class RegistrySession : IDisposable
{
    private const int MaxRedirects = 10;

    private readonly RegistryTransport _transport;
    private readonly RegistryAuthorizer _authorizer;
    private int _users = 1;

    public RegistrySession(RegistryEndpoint endpoint, RegistryCredentials credentials, RegistryOptions options)
    {
        Endpoint = endpoint;
        _transport = new RegistryTransport(endpoint, RegistryCertificates.Load(options.CertificateDirectories, endpoint.Host));
        _authorizer = new RegistryAuthorizer(_transport, endpoint, credentials);
    }

    public RegistryEndpoint Endpoint { get; }

    /// <summary>The endpoint has answered: from then on nothing is a reason to try a less secure one.</summary>
    public bool HasAnswered { get; private set; }

    public string IdentityToken => _authorizer.IdentityToken;

    /// <summary>One more user; each disposes of it once.</summary>
    public RegistrySession Share()
    {
        Interlocked.Increment(ref _users);
        return this;
    }

    /// <summary>Sends a request, with what authorization it takes, through redirects. Any answer but a challenge we can meet is the caller's.</summary>
    /// <exception cref="RegistryUnreachableException">There is no answer.</exception>
    /// <exception cref="RegistryException">A token server refuses, or we have nothing for the challenge.</exception>
    public async Task<HttpResponseMessage> SendAsync(RegistryRequest request, CancellationToken cancelled)
    {
        AuthenticationHeaderValue? authorization = _authorizer.For(request.Scope);
        HttpResponseMessage response = await FollowAsync(request, authorization, cancelled);

        // Twice: a token may have come to its end, and the registry may want another kind than the one at hand.
        for (int i = 0; i < 2 && response.StatusCode == HttpStatusCode.Unauthorized && IsOurs(response); i++)
        {
            IReadOnlyList<AuthChallenge> challenges = Challenges(response);
            AuthenticationHeaderValue? answer = await AnswerAsync(request, challenges, authorization, response, cancelled);
            if (answer is null)
            {
                ThrowIfNameless(request, challenges, authorization, response);
                break;
            }

            response.Dispose();
            authorization = answer;
            response = await FollowAsync(request, authorization, cancelled);
        }

        return response;
    }

    public void Dispose()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            _transport.Dispose();
        }
    }

    private async Task<AuthenticationHeaderValue?> AnswerAsync(
        RegistryRequest request, IReadOnlyList<AuthChallenge> challenges, AuthenticationHeaderValue? refused, HttpResponseMessage response, CancellationToken cancelled)
    {
        try
        {
            return await _authorizer.AnswerAsync(challenges, request.Scope, refused, request.Offline, cancelled);
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    /// <summary>Where a redirect or a foreign layer led to may not ask for the registry's credentials, nor name the token server that they go to.</summary>
    private bool IsOurs(HttpResponseMessage response) => response.RequestMessage?.RequestUri is { } asked && Endpoint.IsAt(asked);

    /// <summary>What a registry with passwords says to one who gives none is no help; Docker's words are what people know.</summary>
    private void ThrowIfNameless(RegistryRequest request, IReadOnlyList<AuthChallenge> challenges, AuthenticationHeaderValue? refused, HttpResponseMessage response)
    {
        if (refused is null && challenges.Count > 0 && challenges.All(challenge => challenge.Scheme == "basic"))
        {
            response.Dispose();
            string method = request.Method.Method;
            throw new RegistryException(401, "", $"{method[0]}{method[1..].ToLowerInvariant()} \"{new Uri(Endpoint.Url, request.Url)}\": no basic auth credentials");
        }
    }

    private static AuthChallenge[] Challenges(HttpResponseMessage response) =>
        response.Headers.NonValidated.TryGetValues("WWW-Authenticate", out HeaderStringValues values)
            ? values.SelectMany(AuthChallenge.Parse).ToArray()
            : [];

    /// <summary>Blobs are often elsewhere. The authorization is for the endpoint alone: whoever it points to gets none (CVE-2018-1000007's kind).</summary>
    private async Task<HttpResponseMessage> FollowAsync(RegistryRequest request, AuthenticationHeaderValue? authorization, CancellationToken cancelled)
    {
        Uri url = new(Endpoint.Url, request.Url);
        for (int i = 0; ; i++)
        {
            using HttpRequestMessage message = request.ToMessage(url);
            message.Headers.Authorization = Endpoint.IsAt(url) ? authorization : null;
            HttpResponseMessage response = await _transport.SendAsync(message, request.Patience, cancelled);
            HasAnswered = true;
            if (!IsRedirect(request, response) || response.Headers.Location is not { } location)
            {
                return response;
            }

            response.Dispose();
            url = new Uri(url, location);
            if (i == MaxRedirects || url.Scheme is not ("http" or "https"))
            {
                throw new RegistryException(502, "", i == MaxRedirects ? $"stopped after {MaxRedirects} redirects" : $"unsupported protocol scheme \"{url.Scheme}\"");
            }
        }
    }

    /// <summary>Only what has no body: an upload's redirect (308) is an answer like any other.</summary>
    private static bool IsRedirect(RegistryRequest request, HttpResponseMessage response) =>
        request.Content is null && (int)response.StatusCode is 301 or 302 or 303 or 307 or 308;
}
