using Newtonsoft.Json;

namespace Rtd.Daemon.Api.Models;

/// <summary>What starts containers.</summary>
internal sealed record RuntimeInfo([property: JsonProperty("path")] string Path);
