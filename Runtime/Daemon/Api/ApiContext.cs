using Microsoft.AspNetCore.Http;
using Rtd.Daemon.Api.Authorization;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Api;

/// <summary>One ordinary request with what handlers need of it: version, route values, query, JSON in and out.</summary>
/// <param name="http">The server's context.</param>
/// <param name="version">The API version asked for (from the path, or the newest).</param>
/// <param name="routeValues">Unescaped values of the template's braces.</param>
internal sealed partial class ApiContext(HttpContext http, Version version, IReadOnlyDictionary<string, string> routeValues)
{
    public HttpContext Http { get; } = http;

    public Version Version { get; } = version;

    /// <summary>Set when plugins have a say in the answer.</summary>
    public AuthorizedRequest? Authorized { get; init; }

    /// <summary>The answer, a stream that began well, told of an error.</summary>
    public bool Failed { get; set; }

    /// <summary>Cancelled when the client goes away.</summary>
    public CancellationToken Aborted => Http.RequestAborted;

    public Stream RequestBody => Http.Request.Body;

    public Stream ResponseBody => Http.Response.Body;

    public string this[string routeValue] => routeValues[routeValue];

    /// <summary>Asks the plugins before the first byte of an answer.</summary>
    /// <param name="body">The whole of a JSON document, or null.</param>
    private Task AuthorizeAnswerAsync(int status, byte[]? body) => Authorized is null
        ? Task.CompletedTask
        : Authorized.AuthorizeAnswerAsync(
            status, AuthorizationQuestion.Headers(Http.Response.Headers.Select(header => KeyValuePair.Create(header.Key, header.Value.ToString()))), body, Aborted);

    public bool VersionAtLeast(int major, int minor) => Version >= new Version(major, minor);

    /// <summary>A query value, or null when it is absent.</summary>
    public string? Query(string name) => Http.Request.Query.TryGetValue(name, out var value) ? value.ToString() : null;

    public IReadOnlyList<string> QueryAll(string name) =>
        Http.Request.Query.TryGetValue(name, out var values) ? values.Where(v => v is not null).Select(v => v!).ToArray() : [];

    /// <summary>Docker's rule: absent, "", 0, no, false, none are false; all else is true.</summary>
    public bool QueryBool(string name, bool absent = false) => Query(name) is { } text
        ? text.ToLowerInvariant() is not ("" or "0" or "no" or "false" or "none")
        : absent;

    public int? QueryInt(string name) => Query(name) switch
    {
        null or "" => null,
        { } text when int.TryParse(text, out int value) => value,
        { } text => throw EngineException.InvalidParameter($"invalid value \"{text}\" for {name}: must be an integer"),
    };
}
