using System.Globalization;
using Newtonsoft.Json;

namespace Rtd.Daemon.Api;

/// <summary>Times as Go's encoder prints them: RFC 3339 in UTC with Z, the fraction as long as it needs to be.</summary>
internal sealed class GoTimeConverter : JsonConverter
{
    private const string Pattern = "yyyy-MM-ddTHH:mm:ss.FFFFFFFZ";

    public override bool CanConvert(Type objectType) =>
        objectType == typeof(DateTime) || objectType == typeof(DateTime?) || objectType == typeof(DateTimeOffset) || objectType == typeof(DateTimeOffset?);

    /// <summary>The text of a UTC time; <c>default</c> is Go's zero time.</summary>
    public static string Print(DateTime time) =>
        (time.Kind == DateTimeKind.Local ? time.ToUniversalTime() : time).ToString(Pattern, CultureInfo.InvariantCulture);

    public override void WriteJson(JsonWriter writer, object? value, JsonSerializer serializer)
    {
        switch (value)
        {
            case DateTime time:
                writer.WriteValue(Print(time));
                break;
            case DateTimeOffset time:
                writer.WriteValue(Print(time.UtcDateTime));
                break;
            default:
                writer.WriteNull();
                break;
        }
    }

    public override object? ReadJson(JsonReader reader, Type objectType, object? existingValue, JsonSerializer serializer)
    {
        if (reader.TokenType == JsonToken.Null)
        {
            return existingValue;
        }

        if (reader.Value is not string text || !DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time))
        {
            throw new JsonSerializationException($"{reader.Path}: expected a time such as 2006-01-02T15:04:05Z");
        }

        if (objectType == typeof(DateTime) || objectType == typeof(DateTime?))
        {
            return time.UtcDateTime;
        }

        return time;
    }
}
