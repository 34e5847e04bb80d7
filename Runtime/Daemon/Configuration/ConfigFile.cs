using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Rtd.Daemon.Configuration;

/// <summary>Reads <c>daemon.json</c> into the same options that flags set.</summary>
internal static class ConfigFile
{
    private static readonly Dictionary<string, OptionInfo> s_byKey =
        OptionInfo.All.Where(option => option.Key is not null).ToDictionary(option => option.Key!);

    /// <summary>Parses the file's text; blank text says nothing.</summary>
    /// <exception cref="ConfigurationException">Broken JSON, unknown or unavailable keys, values of the wrong type.</exception>
    public static DaemonOptions Parse(string text)
    {
        DaemonOptions options = new();
        if (string.IsNullOrWhiteSpace(text))
        {
            return options;
        }

        JObject document = ParseObject(text);
        RefuseUnknownKeys(document);
        foreach (JProperty property in document.Properties())
        {
            if (s_byKey.TryGetValue(property.Name, out OptionInfo? option) && property.Value.Type != JTokenType.Null)
            {
                option.Set(options, FileValue.Read(option, property.Value));
            }
        }

        return options;
    }

    private static JObject ParseObject(string text)
    {
        try
        {
            return JToken.Parse(text, new JsonLoadSettings { DuplicatePropertyNameHandling = DuplicatePropertyNameHandling.Error }) as JObject
                ?? throw new ConfigurationException("the file is not a JSON object") { IsAboutFile = true };
        }
        catch (JsonReaderException error)
        {
            throw new ConfigurationException($"invalid JSON at line {error.LineNumber}, column {error.LinePosition}", error) { IsAboutFile = true };
        }
    }

    private static void RefuseUnknownKeys(JObject document)
    {
        string[] unknown = document.Properties().Select(property => property.Name)
            .Where(key => !s_byKey.ContainsKey(key) && !UnavailableSettings.IsKey(key)).ToArray();
        if (unknown.Length > 0)
        {
            throw new ConfigurationException($"the following directives don't match any configuration option: {string.Join(", ", unknown)}") { IsAboutFile = true };
        }

        string[] unavailable = document.Properties()
            .Where(property => !s_byKey.ContainsKey(property.Name) && !UnavailableSettings.IsHarmless(property.Name, property.Value))
            .Select(property => property.Name).ToArray();
        if (unavailable.Length > 0)
        {
            throw new ConfigurationException($"the following directives are not available in this version of rtd: {string.Join(", ", unavailable)}") { IsAboutFile = true };
        }
    }
}
