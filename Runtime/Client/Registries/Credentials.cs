using System.Text;
using System.Text.Json.Nodes;
using Rtd.Client.Json;

namespace Rtd.Client.Registries;

/// <summary>What a user proves to a registry who they are: a name and a password, or a token that a registry gave in their place.</summary>
/// <param name="User">User name, or empty.</param>
/// <param name="Password">Password or access token, or empty.</param>
/// <param name="IdentityToken">The token of an earlier login, exchanged for access tokens; empty for none.</param>
/// <param name="RegistryToken">A bearer token sent to the registry as it is; empty for none.</param>
/// <param name="Server">The key they are kept by.</param>
internal sealed record Credentials(string User, string Password, string IdentityToken, string RegistryToken, string Server)
{
    public static Credentials None { get; } = new("", "", "", "", "");

    /// <summary>The API's AuthConfig, without what is empty.</summary>
    public JsonObject ToJson()
    {
        JsonObject json = [];
        json.AddText("username", User);
        json.AddText("password", Password);
        json.AddText("serveraddress", Server);
        json.AddText("identitytoken", IdentityToken);
        json.AddText("registrytoken", RegistryToken);
        return json;
    }

    /// <summary>The value of the X-Registry-Auth field: base64url of the JSON.</summary>
    public string ToHeader() => Convert.ToBase64String(Encoding.UTF8.GetBytes(ToJson().ToJsonString())).Replace('+', '-').Replace('/', '_');
}
