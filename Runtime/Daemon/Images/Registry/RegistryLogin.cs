using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Images.Registry;

/// <summary>Finds out whether a registry takes somebody's credentials.</summary>
internal sealed class RegistryLogin(RegistryConnector connector)
{
    /// <summary>Logs in, which leaves no trace here: the client keeps what it needs.</summary>
    /// <returns>A refresh token to use from now on instead of the password; empty where the registry gives none.</returns>
    /// <exception cref="EngineException">Unauthorized; system when the registry cannot be asked.</exception>
    public async Task<string> RunAsync(RegistryCredentials credentials, CancellationToken cancelled)
    {
        string domain = Domain(credentials.ServerAddress);
        try
        {
            return await connector.RunAsync(domain, credentials, forPush: true, session => AskAsync(session, cancelled), cancelled);
        }
        catch (RegistryException refused) when (refused.Status is 401 or 403)
        {
            throw new EngineException(ErrorKind.Unauthorized, refused.Message, refused);
        }
        catch (RegistryException refused)
        {
            throw EngineException.System(refused.Message, refused);
        }
        catch (RegistryUnreachableException failure)
        {
            throw EngineException.System(failure.Message, failure);
        }
    }

    /// <summary>The registry of an address as clients store it: <c>https://index.docker.io/v1/</c>, <c>host:5000</c>, a URL.</summary>
    internal static string Domain(string? address)
    {
        string host = (address ?? "").Replace("https://", "", StringComparison.OrdinalIgnoreCase).Replace("http://", "", StringComparison.OrdinalIgnoreCase).Split('/')[0];
        if (host is "" or "index.docker.io" or RegistryEndpoints.DefaultDomain or RegistryEndpoints.DefaultHost)
        {
            return RegistryEndpoints.DefaultDomain;
        }

        return Uri.TryCreate($"https://{host}/", UriKind.Absolute, out Uri? url) && url.UserInfo.Length == 0
            ? host
            : throw EngineException.InvalidParameter($"invalid registry address: {address}");
    }

    private static async Task<string> AskAsync(RegistrySession session, CancellationToken cancelled)
    {
        RegistryRequest request = new(HttpMethod.Get, new Uri("v2/", UriKind.Relative), "") { Offline = true };
        using HttpResponseMessage response = await session.SendAsync(request, cancelled);
        if (response.IsSuccessStatusCode)
        {
            return session.IdentityToken;
        }

        int status = (int)response.StatusCode;
        throw new RegistryException(status, "", $"login attempt to {new Uri(session.Endpoint.Url, request.Url)} failed with status: {status} {response.ReasonPhrase}");
    }
}
