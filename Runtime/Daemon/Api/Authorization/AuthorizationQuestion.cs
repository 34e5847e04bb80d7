using System.Net.Http.Headers;
using System.Text;
using Rtd.Daemon.Api.Transport;

namespace Rtd.Daemon.Api.Authorization;

/// <summary>Puts a request into the form that plugins are asked in.</summary>
internal static class AuthorizationQuestion
{
    /// <summary>Passwords for registries are nobody's business but the registry's.</summary>
    private static readonly string[] s_secretHeaders = ["X-Registry-Auth", "X-Registry-Config"];

    /// <summary>
    /// Whether a body is shown to plugins. The handlers of JSON take no other content type than this, so that what they run is what was
    /// shown; <c>/auth</c> carries a password.
    /// </summary>
    public static bool ShowsBody(string target, string? contentType) =>
        IsJson(contentType) && !RequestTarget.Path(target).EndsWith("/auth", StringComparison.Ordinal);

    public static bool IsJson(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out MediaTypeHeaderValue? type) && "application/json".Equals(type.MediaType, StringComparison.OrdinalIgnoreCase);

    /// <param name="body">Null when it is not shown.</param>
    public static AuthorizationRequest Of(ClientConnection? client, string method, string target, IEnumerable<KeyValuePair<string, string>> headers, byte[]? body)
    {
        string? user = client?.PeerCertificate?.GetNameInfo(System.Security.Cryptography.X509Certificates.X509NameType.SimpleName, forIssuer: false);
        return new AuthorizationRequest
        {
            User = user,
            UserAuthNMethod = user is null ? null : "TLS",
            RequestMethod = method,
            RequestUri = target,
            RequestBody = body is { Length: > 0 } ? body : null,
            RequestHeaders = Headers(headers),
            RequestPeerCertificates = client?.PeerCertificate is { } certificate ? [Encoding.ASCII.GetBytes(certificate.ExportCertificatePem() + "\n")] : null,
        };
    }

    public static Dictionary<string, string> Headers(IEnumerable<KeyValuePair<string, string>> headers)
    {
        Dictionary<string, string> shown = new(StringComparer.OrdinalIgnoreCase);
        foreach ((string name, string value) in headers.Where(header => !s_secretHeaders.Contains(header.Key, StringComparer.OrdinalIgnoreCase)))
        {
            shown[name] = value;
        }

        return shown;
    }
}
