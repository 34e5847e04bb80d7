using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Rtd.Tests.Integration.Hosting;

namespace Rtd.Tests.Integration.Conformance;

/// <summary>Makes calls in one version of the API, holds each answer against the contract, and remembers what was called. It goes on after a failure.</summary>
internal sealed class Driver(EngineApi api, string version)
{
    private static readonly JsonSerializerSettings s_asWritten = new() { DateParseHandling = DateParseHandling.None };

    private readonly HashSet<string> _driven = [];
    private readonly List<string> _failures = [];

    /// <summary>The newest version is the contract's; the answers of older ones have other fields, of which only the form of errors is checked.</summary>
    public bool IsOfContract => version == "1.51";

    public IReadOnlyList<string> Failures => _failures;

    /// <summary>The operations of which the happy path was gone.</summary>
    public IReadOnlySet<string> Driven => _driven;

    /// <summary>A call that is to succeed.</summary>
    public Task<JToken?> OkAsync(string name, int status, string? id = null, string query = "", string? json = null) =>
        OkAsync(name, status, id, query, json is null ? null : Json(json));

    /// <summary>A call that is to succeed, with any body.</summary>
    public async Task<JToken?> OkAsync(string name, int status, string? id, string query, HttpContent? content)
    {
        _driven.Add(name);
        Operation operation = Find(name);
        using HttpResponseMessage response = await SendAsync(operation, id, query, content);
        return await CheckAsync(operation, response, $"{name} {id} ?{query}", status, succeeds: true);
    }

    /// <summary>A call that is to fail with a message.</summary>
    public async Task FailsAsync(string name, int status, string? id = null, string query = "", string? json = null, HttpContent? content = null)
    {
        Operation operation = Find(name);
        using HttpResponseMessage response = await SendAsync(operation, id, query, content ?? (json is null ? null : Json(json)));
        await CheckAsync(operation, response, $"{name} {id} ?{query} {json}", status, succeeds: false);
    }

    /// <summary>A call that takes the connection over; returns the status line's code and all that follows the head until the daemon closes.</summary>
    public async Task<string> UpgradeAsync(string name, int status, string id, string query, string headers, string body = "")
    {
        _driven.Add(name);
        Operation operation = Find(name);
        await using Stream connection = await api.ConnectAsync();
        string request = $"{operation.Method} {Target(operation, id, query)} HTTP/1.1\r\nHost: docker\r\n{headers}";
        request += body.Length > 0 ? $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}" : "\r\n";
        await connection.WriteAsync(Encoding.ASCII.GetBytes(request));
        using StreamReader reader = new(connection, Encoding.Latin1);
        string line = await reader.ReadLineAsync().WaitAsync(Command.Patience) ?? "";
        while (!string.IsNullOrEmpty(await reader.ReadLineAsync().WaitAsync(Command.Patience)))
        {
            // The rest of the head.
        }

        if (!line.StartsWith($"HTTP/1.1 {status} ", StringComparison.Ordinal))
        {
            _failures.Add($"{name} {id} ?{query}: {status} expected: {line} {await reader.ReadToEndAsync().WaitAsync(Command.Patience)}");
            return "";
        }

        CheckListed(operation, status, name);
        return status == 101 && name.EndsWith("/ws", StringComparison.Ordinal) ? "" : await reader.ReadToEndAsync().WaitAsync(Command.Patience);
    }

    public void Fail(string message) => _failures.Add(message);

    private static Operation Find(string name) => Operations.All.Single(operation => operation.Name == name);

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private string Target(Operation operation, string? id, string query)
    {
        string path = operation.Path;
        int open = path.IndexOf('{');
        if (open >= 0)
        {
            path = path[..open] + (id ?? throw new ArgumentNullException(nameof(id), operation.Name)) + path[(path.IndexOf('}') + 1)..];
        }

        return $"/v{version}{path}{(query.Length > 0 ? "?" + query : "")}";
    }

    private async Task<HttpResponseMessage> SendAsync(Operation operation, string? id, string query, HttpContent? content)
    {
        using HttpRequestMessage request = new(new HttpMethod(operation.Method), Target(operation, id, query)) { Content = content };
        return await api.SendAsync(request);
    }

    private async Task<JToken?> CheckAsync(Operation operation, HttpResponseMessage response, string call, int expected, bool succeeds)
    {
        int status = (int)response.StatusCode;
        byte[] bytes;
        try
        {
            bytes = await response.Content.ReadAsByteArrayAsync().WaitAsync(Command.Patience);
        }
        catch (TimeoutException)
        {
            _failures.Add($"{call}: {expected} expected: {status} and an answer without an end");
            return null;
        }

        string text = Encoding.UTF8.GetString(bytes.AsSpan(0, Math.Min(bytes.Length, 1_000_000)));
        if (status != expected)
        {
            _failures.Add($"{call}: {expected} expected: {status} {text.TrimEnd()[..Math.Min(text.TrimEnd().Length, 300)]}");
            return null;
        }

        CheckListed(operation, status, call);
        bool isJson = response.Content.Headers.ContentType?.MediaType == "application/json";
        if (status >= 400 && operation.Method != "HEAD" && (!isJson || string.IsNullOrEmpty((string?)Parse(text)["message"])))
        {
            _failures.Add($"{call}: an error without a message: {text}");
        }

        if (!isJson || text.Length == 0)
        {
            return null;
        }

        return status == 200 && IsStream(operation) ? CheckStream(operation, text, call, succeeds) : CheckSchema(operation, Parse(text), status, call);
    }

    private static bool IsStream(Operation operation) => operation.Name is "GET /events" or "POST /build" or "POST /images/create" or "POST /images/load" || operation.Name.EndsWith("/push", StringComparison.Ordinal);

    private JArray CheckStream(Operation operation, string text, string call, bool succeeds)
    {
        JArray messages = [];
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            JToken message = CheckSchema(operation, Parse(line), 200, call);
            messages.Add(message);
        }

        JToken? error = messages.Select(message => message["error"]).FirstOrDefault(found => found is not null);
        if (error is null != succeeds)
        {
            _failures.Add($"{call}: {error ?? "its stream has no error"}");
        }

        return messages;
    }

    private JToken CheckSchema(Operation operation, JToken value, int status, string call)
    {
        if (IsOfContract && Contract.Instance is { } contract && contract.Schema(operation.Name, status) is { } schema)
        {
            _failures.AddRange(contract.Schemas.Validate(value, schema).Select(failure => $"{call}: {failure}"));
        }

        return value;
    }

    /// <summary>Malformed input is 400 everywhere; of other statuses the contract knows, or the operation's own list.</summary>
    private void CheckListed(Operation operation, int status, string call)
    {
        if (Contract.Instance is { } contract && status != 400 && status != operation.Always && !contract.Statuses(operation.Name).Contains(status) && !operation.Also.Contains(status))
        {
            _failures.Add($"{call}: the contract does not have status {status}");
        }
    }

    private static JToken Parse(string text) => JsonConvert.DeserializeObject<JToken>(text, s_asWritten)!;
}
