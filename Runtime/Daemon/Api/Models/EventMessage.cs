using Newtonsoft.Json;
using Rtd.Daemon.Events;

namespace Rtd.Daemon.Api.Models;

/// <summary>An event as the API writes it. <c>status</c>, <c>id</c> and <c>from</c> are the oldest form, for containers and images only (gone in 1.52).</summary>
internal sealed class EventMessage(EngineEvent happened)
{
    private readonly bool _hasOldForm = happened.Type is "container" or "image";

    [JsonProperty("status", NullValueHandling = NullValueHandling.Ignore)]
    public string? Status => _hasOldForm ? happened.Action : null;

    [JsonProperty("id", NullValueHandling = NullValueHandling.Ignore)]
    public string? Id => _hasOldForm ? happened.Id : null;

    [JsonProperty("from", NullValueHandling = NullValueHandling.Ignore)]
    public string? From => happened.Type == "container" ? happened.Attributes.GetValueOrDefault("image") : null;

    public string Type => happened.Type;

    public string Action => happened.Action;

    public EventActor Actor { get; } = new(happened.Id, happened.Attributes);

    [JsonProperty("scope")]
    public string Scope => "local";

    [JsonProperty("time")]
    public long Time => (happened.Time - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerSecond;

    [JsonProperty("timeNano")]
    public long TimeNano => (happened.Time - DateTime.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
}
