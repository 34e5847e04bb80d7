using System.Text;
using Newtonsoft.Json;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Images.Archives;

/// <summary>Parses JSON documents of archives, which may be anything.</summary>
internal static class ArchiveJson
{
    private static readonly JsonSerializerSettings s_settings = new() { MaxDepth = 32, DateParseHandling = DateParseHandling.None };

    /// <exception cref="EngineException">Invalid parameter: not such a document.</exception>
    public static T Parse<T>(byte[] document, string name)
        where T : class
    {
        try
        {
            return JsonConvert.DeserializeObject<T>(Encoding.UTF8.GetString(document), s_settings) ?? throw new JsonSerializationException("it is empty");
        }
        catch (Exception error) when (error is JsonException or FormatException or OverflowException or ArgumentException)
        {
            throw EngineException.InvalidParameter($"invalid archive: {name} cannot be read: {error.Message}", error);
        }
    }
}
