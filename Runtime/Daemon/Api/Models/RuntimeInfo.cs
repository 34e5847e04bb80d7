using Newtonsoft.Json;

namespace Rtd.Daemon.Api.Models;

/// <summary>What starts containers.</summary>
internal sealed record RuntimeInfo(
    [property: JsonProperty("path")] string Path,
    [property: JsonProperty("runtimeArgs", NullValueHandling = NullValueHandling.Ignore)] IReadOnlyList<string>? Arguments = null);
