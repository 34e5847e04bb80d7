namespace Rtd.Daemon.Images.Registry;

/// <summary>A request to a registry, in a form that can be sent again after a challenge or a redirect.</summary>
/// <param name="Method">GET, HEAD …</param>
/// <param name="Url">Below the endpoint, or absolute where the registry said so.</param>
/// <param name="Scope">What a token must allow, <c>repository:NAME:pull</c>.</param>
internal sealed record RegistryRequest(HttpMethod Method, Uri Url, string Scope)
{
    public IReadOnlyList<string> Accept { get; init; } = [];

    /// <summary>The first byte wanted; 0 for all.</summary>
    public long Offset { get; init; }

    /// <summary>Makes the body, anew for each sending; null for none.</summary>
    public Func<HttpContent>? Content { get; init; }

    /// <summary>How long the headers of the answer may take; null when the caller sees to it by the token.</summary>
    public TimeSpan? Patience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Ask the token server for a refresh token too (login).</summary>
    public bool Offline { get; init; }

    public HttpRequestMessage ToMessage(Uri url)
    {
        HttpRequestMessage message = new(Method, url) { Content = Content?.Invoke() };
        message.Headers.UserAgent.ParseAdd($"rtd/{Rtd.Daemon.Startup.ProductVersion.Number}");
        foreach (string type in Accept)
        {
            message.Headers.Accept.ParseAdd(type);
        }

        if (Offset > 0)
        {
            message.Headers.Range = new System.Net.Http.Headers.RangeHeaderValue(Offset, null);
        }

        return message;
    }
}
