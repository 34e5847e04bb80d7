using System.Collections.Concurrent;
using System.Net.Http.Headers;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Images.Registry;

/// <summary>Answers a registry's challenges: Basic, or Bearer with a token of the server that the challenge names. Tokens live here as long as they are good.</summary>
internal sealed class RegistryAuthorizer(RegistryTransport transport, RegistryEndpoint endpoint, RegistryCredentials credentials)
{
    private const string ClientId = "docker";

    /// <summary>A token without a life of its own has this one (distribution's token specification).</summary>
    private const int DefaultLife = 60;

    /// <summary>Seconds before its end at which a token is no more used.</summary>
    private const int Margin = 5;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<string, (string Token, DateTime Until)> _tokens = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _fetching = new(1);
    private volatile bool _basic;

    /// <summary>The refresh token of a login; empty when there is none.</summary>
    public string IdentityToken { get; private set; } = "";

    /// <summary>What is known to be wanted for a scope, or null before the first challenge.</summary>
    public AuthenticationHeaderValue? For(string scope)
    {
        if (!string.IsNullOrEmpty(credentials.RegistryToken))
        {
            return new AuthenticationHeaderValue("Bearer", credentials.RegistryToken);
        }

        if (_basic)
        {
            return new AuthenticationHeaderValue("Basic", credentials.Basic);
        }

        return _tokens.TryGetValue(scope, out (string Token, DateTime Until) known) && known.Until > DateTime.UtcNow
            ? new AuthenticationHeaderValue("Bearer", known.Token)
            : null;
    }

    /// <summary>Finds what satisfies the challenges; null when nothing we have does.</summary>
    /// <param name="refused">What was sent and refused, which is not to be sent again.</param>
    /// <exception cref="RegistryException">The token server refuses.</exception>
    public async Task<AuthenticationHeaderValue?> AnswerAsync(
        IReadOnlyList<AuthChallenge> challenges, string scope, AuthenticationHeaderValue? refused, bool offline, CancellationToken cancelled)
    {
        if (!string.IsNullOrEmpty(credentials.RegistryToken))
        {
            return null;
        }

        if (challenges.FirstOrDefault(challenge => challenge.Scheme == "bearer") is { } bearer)
        {
            return await BearerAsync(bearer, scope, refused, offline, cancelled);
        }

        if (refused is null && credentials.HasPassword && challenges.Any(challenge => challenge.Scheme == "basic"))
        {
            _basic = true;
            return new AuthenticationHeaderValue("Basic", credentials.Basic);
        }

        return null;
    }

    /// <summary>One fetch at a time: layers that ask at once share its token.</summary>
    private async Task<AuthenticationHeaderValue> BearerAsync(AuthChallenge challenge, string scope, AuthenticationHeaderValue? refused, bool offline, CancellationToken cancelled)
    {
        await _fetching.WaitAsync(cancelled);
        try
        {
            if (For(scope) is { } known && known.Parameter != refused?.Parameter)
            {
                return known;
            }

            RegistryToken answer = await FetchAsync(challenge, scope, offline, cancelled);
            string token = answer.Token is { Length: > 0 } old ? old : answer.AccessToken is { Length: > 0 } oauth ? oauth
                : throw new RegistryException(500, "", "authorization server did not include a token in the response");
            IdentityToken = answer.RefreshToken ?? IdentityToken;
            long life = Math.Clamp(answer.ExpiresIn, DefaultLife, 24 * 3600);
            _tokens[scope] = (token, DateTime.UtcNow.AddSeconds(life - Margin));
            return new AuthenticationHeaderValue("Bearer", token);
        }
        finally
        {
            _fetching.Release();
        }
    }

    private async Task<RegistryToken> FetchAsync(AuthChallenge challenge, string scope, bool offline, CancellationToken cancelled)
    {
        if (!challenge.Parameters.TryGetValue("realm", out string? realm) || !Uri.TryCreate(realm, UriKind.Absolute, out Uri? url) || url.Scheme is not ("https" or "http"))
        {
            throw new RegistryException(401, "", $"no realm specified for token auth challenge");
        }

        bool hasSecret = credentials.HasPassword || !string.IsNullOrEmpty(credentials.IdentityToken);
        if (hasSecret && endpoint.IsSecure && url.Scheme != "https")
        {
            throw EngineException.System($"{endpoint.Host} asks to send the credentials unencrypted to {url.Host}: refused");
        }

        Dictionary<string, string> fields = [];
        if (challenge.Parameters.TryGetValue("service", out string? service))
        {
            fields["service"] = service;
        }

        using HttpRequestMessage request = string.IsNullOrEmpty(credentials.IdentityToken) ? ByPassword(url, fields, scope, offline) : ByIdentity(url, fields, scope);
        using HttpResponseMessage response = await transport.SendAsync(request, s_patience, cancelled);
        await RegistryAnswer.CheckAsync(response, request, cancelled);
        return await RegistryAnswer.ReadAsync<RegistryToken>(response, "token", cancelled);
    }

    private HttpRequestMessage ByPassword(Uri realm, Dictionary<string, string> fields, string scope, bool offline)
    {
        if (offline)
        {
            fields["client_id"] = ClientId;
            fields["offline_token"] = "true";
        }

        if (credentials.HasPassword)
        {
            fields["account"] = credentials.Username!;
        }

        IEnumerable<KeyValuePair<string, string>> pairs = fields.Concat(scope.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(one => KeyValuePair.Create("scope", one)));
        string query = string.Join('&', pairs.Select(pair => $"{pair.Key}={Uri.EscapeDataString(pair.Value)}"));
        UriBuilder url = new(realm) { Query = realm.Query.Length > 1 ? $"{realm.Query[1..]}&{query}" : query };
        HttpRequestMessage request = new(HttpMethod.Get, url.Uri);
        if (credentials.HasPassword)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", credentials.Basic);
        }

        return request;
    }

    private HttpRequestMessage ByIdentity(Uri realm, Dictionary<string, string> fields, string scope)
    {
        fields["grant_type"] = "refresh_token";
        fields["client_id"] = ClientId;
        fields["refresh_token"] = credentials.IdentityToken!;
        fields["scope"] = scope;
        return new HttpRequestMessage(HttpMethod.Post, realm) { Content = new FormUrlEncodedContent(fields) };
    }
}
