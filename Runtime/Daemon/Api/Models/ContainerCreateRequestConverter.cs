using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Rtd.Daemon.Api.Models;

/// <summary>Splits a create body into its three parts. Nulls count as absent, as in Go, where docker's own clients come from.</summary>
internal sealed class ContainerCreateRequestConverter : JsonConverter<ContainerCreateRequest>
{
    private static readonly JsonSerializer s_part = JsonSerializer.Create(new JsonSerializerSettings
    {
        DateParseHandling = DateParseHandling.None,
        NullValueHandling = NullValueHandling.Ignore,
        Converters = { new StringMapConverter() },
    });

    public override bool CanWrite => false;

    public override ContainerCreateRequest ReadJson(JsonReader reader, Type objectType, ContainerCreateRequest? existingValue, bool hasExistingValue, JsonSerializer serializer)
    {
        reader.DateParseHandling = DateParseHandling.None;
        JObject body = JObject.Load(reader);
        return new ContainerCreateRequest
        {
            Config = body.ToObject<ContainerConfig>(s_part)!,
            HostConfig = Part<HostConfig>(body, "HostConfig"),
            NetworkingConfig = Part<NetworkingConfig>(body, "NetworkingConfig"),
        };
    }

    public override void WriteJson(JsonWriter writer, ContainerCreateRequest? value, JsonSerializer serializer) => throw new NotSupportedException();

    private static T Part<T>(JObject body, string name) where T : class, new() =>
        body.GetValue(name, StringComparison.OrdinalIgnoreCase) is { Type: not JTokenType.Null } part ? part.ToObject<T>(s_part)! : new T();
}
