using System.Buffers.Text;
using System.Text;
using Newtonsoft.Json;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Images.Registry;

/// <summary>Who the client is at a registry: Docker's AuthConfig, as <c>X-Registry-Auth</c> and <c>POST /auth</c> carry it. Never logged.</summary>
internal sealed class RegistryCredentials
{
    /// <summary>No header is as long, real tokens included.</summary>
    private const int MaxHeader = 64 * 1024;

    [JsonProperty("username")]
    public string? Username { get; set; }

    [JsonProperty("password")]
    public string? Password { get; set; }

    /// <summary><c>username:password</c> in base 64, as old clients send it.</summary>
    [JsonProperty("auth")]
    public string? Auth { get; set; }

    [JsonProperty("email")]
    public string? Email { get; set; }

    [JsonProperty("serveraddress")]
    public string? ServerAddress { get; set; }

    /// <summary>A refresh token to get access tokens with.</summary>
    [JsonProperty("identitytoken")]
    public string? IdentityToken { get; set; }

    /// <summary>A bearer token to send as it is.</summary>
    [JsonProperty("registrytoken")]
    public string? RegistryToken { get; set; }

    public static RegistryCredentials Anonymous { get; } = new();

    public bool HasPassword => !string.IsNullOrEmpty(Username) && !string.IsNullOrEmpty(Password);

    /// <summary>The value of a Basic authorization.</summary>
    public string Basic => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Username}:{Password}"));

    /// <summary>Parses the header. What cannot be read counts as none, as for dockerd: most pulls need no credentials.</summary>
    public static RegistryCredentials FromHeader(string? header)
    {
        if (string.IsNullOrEmpty(header) || header.Length > MaxHeader)
        {
            return Anonymous;
        }

        try
        {
            // Both alphabets are seen, padded and not.
            byte[] json = Base64Url.DecodeFromChars(header.TrimEnd('=').Replace('+', '-').Replace('/', '_'));
            return Rtd.Daemon.Api.Json.Decode<RegistryCredentials>(json).Completed();
        }
        catch (Exception unreadable) when (unreadable is FormatException or EngineException)
        {
            return Anonymous;
        }
    }

    /// <summary>Itself, with name and password taken out of <see cref="Auth"/> when they came that way.</summary>
    public RegistryCredentials Completed()
    {
        Span<byte> decoded = stackalloc byte[1024];
        if (!HasPassword && Auth is { Length: > 0 and < 1024 } && Convert.TryFromBase64String(Auth, decoded, out int length))
        {
            string pair = Encoding.UTF8.GetString(decoded[..length]);
            int colon = pair.IndexOf(':');
            if (colon > 0)
            {
                Username = pair[..colon];
                Password = pair[(colon + 1)..].TrimEnd('\0');
            }
        }

        return this;
    }
}
