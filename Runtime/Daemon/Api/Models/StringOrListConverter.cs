using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Rtd.Daemon.Api.Models;

/// <summary>Reads a list of strings that old clients may send as one string (Cmd, Entrypoint).</summary>
internal sealed class StringOrListConverter : JsonConverter<List<string>?>
{
    public override bool CanWrite => false;

    public override List<string>? ReadJson(JsonReader reader, Type objectType, List<string>? existingValue, bool hasExistingValue, JsonSerializer serializer)
    {
        // A word that looks like a date stays the word it is.
        reader.DateParseHandling = DateParseHandling.None;
        return JToken.Load(reader) switch
        {
            { Type: JTokenType.Null } => null,
            { Type: JTokenType.String } text => [text.Value<string>()!],
            JArray array => array.Select(item => item.Type == JTokenType.String
                ? item.Value<string>()!
                : throw new JsonSerializationException($"{reader.Path}: expected a string")).ToList(),
            _ => throw new JsonSerializationException($"{reader.Path}: expected a string or a list of strings"),
        };
    }

    public override void WriteJson(JsonWriter writer, List<string>? value, JsonSerializer serializer) => throw new NotSupportedException();
}
