using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rtd.Client.Terminal;

namespace Rtd.Client.Configuration;

/// <summary>The user's config.json, shared with docker's client.</summary>
internal sealed class ConfigFile(string path, JsonObject root)
{
    private const string FileName = "config.json";

    public string Path { get; } = path;

    public string? DetachKeys => Text("detachKeys");

    public string? PsFormat => Text("psFormat");

    public string? ImagesFormat => Text("imagesFormat");

    public string? NetworksFormat => Text("networksFormat");

    public string? VolumesFormat => Text("volumesFormat");

    /// <summary>Fields added to every request.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> HttpHeaders =>
        root["HttpHeaders"] is JsonObject headers ? [.. headers.Select(header => new KeyValuePair<string, string>(header.Key, header.Value?.ToString() ?? ""))] : [];

    /// <summary>As if there were no file.</summary>
    public static ConfigFile Empty(string directory) => new(System.IO.Path.Combine(directory, FileName), []);

    /// <exception cref="ClientException">The file is there but is not JSON.</exception>
    public static ConfigFile Load(string directory)
    {
        string path = System.IO.Path.Combine(directory, FileName);
        if (!File.Exists(path))
        {
            return Empty(directory);
        }

        try
        {
            return new ConfigFile(path, JsonNode.Parse(File.ReadAllText(path)) as JsonObject ?? []);
        }
        catch (Exception failure) when (failure is JsonException or UnauthorizedAccessException or IOException)
        {
            throw new ClientException($"Error loading config file: {path}: {failure.Message}");
        }
    }

    /// <summary>Proxy settings for containers of this daemon, as environment entries in both spellings.</summary>
    public IEnumerable<string> ProxyEnvironment(string host)
    {
        if (root["proxies"] is not JsonObject proxies || (proxies[host] ?? proxies["default"]) is not JsonObject settings)
        {
            yield break;
        }

        foreach ((string key, string variable) in new[] { ("httpProxy", "HTTP_PROXY"), ("httpsProxy", "HTTPS_PROXY"), ("noProxy", "NO_PROXY"), ("ftpProxy", "FTP_PROXY"), ("allProxy", "ALL_PROXY") })
        {
            if (settings[key]?.ToString() is { Length: > 0 } value)
            {
                yield return $"{variable}={value}";
                yield return $"{variable.ToLowerInvariant()}={value}";
            }
        }
    }

    /// <summary>The stored credentials for a registry as the API's header takes them: base64url of a JSON object.</summary>
    public string EncodedAuth(string registry)
    {
        JsonObject auth = new() { ["serveraddress"] = registry };
        if ((root["auths"] as JsonObject)?[registry] is JsonObject stored)
        {
            AddStored(auth, stored);
        }

        return Encode(auth);
    }

    public static string Encode(JsonObject auth) =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes(auth.ToJsonString())).Replace('+', '-').Replace('/', '_');

    /// <summary>Keeps a registry's credentials. Other settings in the file stay as they are.</summary>
    public void StoreAuth(string registry, string user, string password, string? identityToken)
    {
        if (root["auths"] is not JsonObject auths)
        {
            root["auths"] = auths = [];
        }

        JsonObject entry = new() { ["auth"] = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{(string.IsNullOrEmpty(identityToken) ? password : "")}")) };
        if (!string.IsNullOrEmpty(identityToken))
        {
            entry["identitytoken"] = identityToken;
        }

        auths[registry] = entry;
        Save();
    }

    /// <summary>Forgets a registry's credentials; false when there were none.</summary>
    public bool RemoveAuth(string registry)
    {
        if (root["auths"] is not JsonObject auths || !auths.Remove(registry))
        {
            return false;
        }

        Save();
        return true;
    }

    private static void AddStored(JsonObject auth, JsonObject stored)
    {
        if (stored["auth"]?.ToString() is { Length: > 0 } encoded)
        {
            string pair = Encoding.UTF8.GetString(Convert.FromBase64String(encoded));
            int colon = pair.IndexOf(':');
            auth["username"] = colon < 0 ? pair : pair[..colon];
            auth["password"] = colon < 0 ? "" : pair[(colon + 1)..].TrimEnd('\0');
        }

        foreach (string key in new[] { "username", "password", "identitytoken", "registrytoken" })
        {
            if (stored[key]?.ToString() is { Length: > 0 } value)
            {
                auth[key] = value;
            }
        }
    }

    private string? Text(string key) => root[key] is JsonValue value && value.TryGetValue(out string? text) && text.Length > 0 ? text : null;

    /// <summary>Writes beside the file and renames over it; only its owner may read it.</summary>
    private void Save()
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        string temporary = Path + "." + Environment.ProcessId;
        FileStreamOptions options = new() { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
        using (FileStream stream = new(temporary, options))
        {
            stream.Write(Encoding.UTF8.GetBytes(JsonIndented()));
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, Path, overwrite: true);
    }

    private string JsonIndented()
    {
        using JsonDocument document = JsonDocument.Parse(root.ToJsonString());
        StringBuilder text = new();
        Json.JsonText.Indent(document.RootElement, text, 0);
        return text.Append('\n').ToString();
    }
}
