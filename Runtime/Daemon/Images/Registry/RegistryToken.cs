using Newtonsoft.Json;

namespace Rtd.Daemon.Images.Registry;

/// <summary>A token server's answer (distribution, "Token Authentication Specification"; the OAuth2 form has access_token).</summary>
internal sealed class RegistryToken
{
    [JsonProperty("token")]
    public string? Token { get; set; }

    [JsonProperty("access_token")]
    public string? AccessToken { get; set; }

    /// <summary>Only when an offline token was asked for.</summary>
    [JsonProperty("refresh_token")]
    public string? RefreshToken { get; set; }

    /// <summary>Seconds from its issue.</summary>
    [JsonProperty("expires_in")]
    public long ExpiresIn { get; set; }
}
