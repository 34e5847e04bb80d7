using Newtonsoft.Json;

namespace Rtd.Daemon.Api.Models;

/// <summary>What an event is about.</summary>
internal sealed record EventActor([property: JsonProperty("ID")] string Id, IReadOnlyDictionary<string, string> Attributes);
