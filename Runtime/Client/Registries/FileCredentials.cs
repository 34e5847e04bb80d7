using System.Text;
using System.Text.Json.Nodes;
using Rtd.Client.Configuration;
using Rtd.Client.Json;

namespace Rtd.Client.Registries;

/// <summary>Credentials in config.json's "auths": base64 of user:password, or an identity token.</summary>
internal sealed class FileCredentials(ConfigFile config) : CredentialStore
{
    public override bool IsPlain => true;

    /// <summary>Entries written by other clients may be keyed by URL: their host counts.</summary>
    public override Credentials Get(string registry)
    {
        if (config.Auths?[registry] is JsonObject exact)
        {
            return Read(exact, registry);
        }

        foreach ((string key, JsonNode? value) in config.Auths ?? [])
        {
            if (value is JsonObject entry && RegistryAddress.Host(key) == registry)
            {
                return Read(entry, key);
            }
        }

        return Credentials.None;
    }

    public override bool Store(Credentials credentials)
    {
        JsonObject entry = [];
        if (credentials.User.Length > 0 || credentials.Password.Length > 0)
        {
            entry["auth"] = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credentials.User}:{credentials.Password}"));
        }

        entry.AddText("identitytoken", credentials.IdentityToken);
        entry.AddText("registrytoken", credentials.RegistryToken);
        return config.StoreAuth(credentials.Server, entry);
    }

    /// <summary>Notes in the file that a helper has the credentials.</summary>
    public bool StoreMark(string registry) => config.StoreAuth(registry, []);

    public override void Erase(string registry) => config.RemoveAuth(registry);

    private static Credentials Read(JsonObject entry, string key)
    {
        (string user, string password) = Decode(Text(entry, "auth"), key);
        return new Credentials(
            user.Length > 0 ? user : Text(entry, "username"),
            password.Length > 0 ? password : Text(entry, "password"),
            Text(entry, "identitytoken"),
            Text(entry, "registrytoken"),
            key);
    }

    private static (string User, string Password) Decode(string encoded, string key)
    {
        if (encoded.Length == 0)
        {
            return ("", "");
        }

        try
        {
            string pair = Encoding.UTF8.GetString(Convert.FromBase64String(encoded));
            int colon = pair.IndexOf(':');
            return colon < 0 ? throw new FormatException() : (pair[..colon], pair[(colon + 1)..].TrimEnd('\0'));
        }
        catch (FormatException)
        {
            throw new ClientException($"invalid auth configuration file: the entry of {key} is not base64 of user:password");
        }
    }

    private static string Text(JsonObject entry, string name) => entry[name] is JsonValue value && value.TryGetValue(out string? text) ? text : "";
}
