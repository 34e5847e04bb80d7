using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

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

    /// <summary>Registries' entries, or null when there are none.</summary>
    public JsonObject? Auths => root["auths"] as JsonObject;

    /// <summary>The registries that have credentials, here or with a helper, by the keys they are kept by.</summary>
    public IEnumerable<string> Registries => new[] { "auths", "credHelpers" }.SelectMany(section => root[section] is JsonObject entries ? entries.Select(entry => entry.Key) : []).Distinct();

    /// <summary>The name of the helper program that keeps a registry's credentials; null when this file does.</summary>
    public string? CredentialHelper(string registry) =>
        root["credHelpers"] is JsonObject helpers && helpers[registry]?.ToString() is { Length: > 0 } own ? own : Text("credsStore");

    /// <summary>Keeps a registry's entry; false when it was there already. Other settings in the file stay as they are.</summary>
    /// <exception cref="ClientException">The file cannot be written.</exception>
    public bool StoreAuth(string registry, JsonObject entry)
    {
        if (root["auths"] is not JsonObject auths)
        {
            root["auths"] = auths = [];
        }

        if (JsonNode.DeepEquals(auths[registry], entry))
        {
            return false;
        }

        auths[registry] = entry;
        Save();
        return true;
    }

    /// <summary>Forgets a registry's entry; false when there was none.</summary>
    /// <exception cref="ClientException">The file cannot be written.</exception>
    public bool RemoveAuth(string registry)
    {
        if (root["auths"] is not JsonObject auths || !auths.Remove(registry))
        {
            return false;
        }

        Save();
        return true;
    }

    private string? Text(string key) => root[key] is JsonValue value && value.TryGetValue(out string? text) && text.Length > 0 ? text : null;

    /// <summary>Writes beside the file and renames over it; only its owner may read it. A file that is a link stays one.</summary>
    private void Save()
    {
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            FileInfo file = new(Path);
            string target = file.LinkTarget is null ? Path : file.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
            string temporary = $"{target}.{Environment.ProcessId}";
            FileStreamOptions options = new() { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
            using (FileStream stream = new(temporary, options))
            {
                Write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, target, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ClientException($"writing {Path}: {failure.Message}");
        }
    }

    /// <summary>Indented as docker's client does, so that the two leave each other's lines alone.</summary>
    private void Write(FileStream stream)
    {
        JsonWriterOptions format = new() { Indented = true, IndentCharacter = '\t', IndentSize = 1, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using Utf8JsonWriter writer = new(stream, format);
        root.WriteTo(writer);
    }
}
