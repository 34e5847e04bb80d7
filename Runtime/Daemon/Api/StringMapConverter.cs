using Newtonsoft.Json;

namespace Rtd.Daemon.Api;

/// <summary>Reads a map of strings as Go does: a null in it is the empty string.</summary>
internal sealed class StringMapConverter : JsonConverter<Dictionary<string, string>>
{
    public override bool CanWrite => false;

    public override Dictionary<string, string>? ReadJson(
        JsonReader reader, Type objectType, Dictionary<string, string>? existingValue, bool hasExistingValue, JsonSerializer serializer)
    {
        if (reader.TokenType == JsonToken.Null)
        {
            return null;
        }

        if (reader.TokenType != JsonToken.StartObject)
        {
            throw Mismatch(reader);
        }

        Dictionary<string, string> map = [];
        while (reader.Read() && reader.TokenType == JsonToken.PropertyName)
        {
            string key = (string)reader.Value!;
            if (!reader.Read() || reader.TokenType is JsonToken.StartObject or JsonToken.StartArray)
            {
                throw Mismatch(reader);
            }

            map[key] = Convert.ToString(reader.Value, System.Globalization.CultureInfo.InvariantCulture) ?? "";
        }

        return map;
    }

    public override void WriteJson(JsonWriter writer, Dictionary<string, string>? value, JsonSerializer serializer) => throw new NotSupportedException();

    private static JsonSerializationException Mismatch(JsonReader reader) => new("a map of strings is needed", reader.Path, 0, 0, null);
}
