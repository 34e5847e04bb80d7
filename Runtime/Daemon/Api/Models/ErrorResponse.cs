using Newtonsoft.Json;

namespace Rtd.Daemon.Api.Models;

/// <summary>The body of every answer that is an error.</summary>
internal sealed record ErrorResponse([property: JsonProperty("message")] string Message);
