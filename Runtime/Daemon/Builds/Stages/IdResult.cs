using Newtonsoft.Json;

namespace Rtd.Daemon.Builds.Stages;

/// <summary>An image that a build made, for programs.</summary>
internal sealed record IdResult([property: JsonProperty("ID")] string Id);
