using Newtonsoft.Json;

namespace Rtd.Daemon.Api.Authorization;

/// <summary>What a plugin is asked with <c>AuthZPlugin.AuthZReq</c> and, with the last three filled in, <c>AuthZPlugin.AuthZRes</c>. Names are Docker's.</summary>
[JsonObject(ItemNullValueHandling = NullValueHandling.Ignore)]
internal sealed record AuthorizationRequest
{
    /// <summary>The common name of the client's certificate.</summary>
    public string? User { get; init; }

    /// <summary>TLS, when there is a user.</summary>
    public string? UserAuthNMethod { get; init; }

    public string RequestMethod { get; init; } = "";

    /// <summary>Path and query as they came.</summary>
    public string RequestUri { get; init; } = "";

    /// <summary>A JSON body, whole; other content is not shown.</summary>
    public byte[]? RequestBody { get; init; }

    public Dictionary<string, string> RequestHeaders { get; init; } = [];

    /// <summary>The client's certificate in PEM.</summary>
    public byte[][]? RequestPeerCertificates { get; init; }

    public byte[]? ResponseBody { get; init; }

    public Dictionary<string, string>? ResponseHeaders { get; init; }

    public int? ResponseStatusCode { get; init; }
}
