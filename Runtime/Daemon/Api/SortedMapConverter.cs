using System.Collections;
using Newtonsoft.Json;

namespace Rtd.Daemon.Api;

/// <summary>Writes maps with their keys in byte order, as Go's encoder does: users diff inspect's output.</summary>
internal sealed class SortedMapConverter : JsonConverter
{
    public override bool CanRead => false;

    public override bool CanConvert(Type objectType) => typeof(IDictionary).IsAssignableFrom(objectType);

    public override void WriteJson(JsonWriter writer, object? value, JsonSerializer serializer)
    {
        IDictionary map = (IDictionary)value!;
        writer.WriteStartObject();
        foreach (string key in map.Keys.Cast<string>().Order(StringComparer.Ordinal))
        {
            writer.WritePropertyName(key);
            serializer.Serialize(writer, map[key]);
        }

        writer.WriteEndObject();
    }

    public override object ReadJson(JsonReader reader, Type objectType, object? existingValue, JsonSerializer serializer) => throw new NotSupportedException();
}
