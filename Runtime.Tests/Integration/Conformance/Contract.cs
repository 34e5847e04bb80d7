using Newtonsoft.Json.Linq;
using Rtd.Tests.Integration.Hosting;
using YamlDotNet.Serialization;

namespace Rtd.Tests.Integration.Conformance;

/// <summary>
/// The Engine API's own description (Swagger 2.0). It is no part of this tree: RTD_TEST_CONTRACT names the file, else it is looked for in
/// <c>shared/reference</c> beside the checkout. All scalars are strings here, as YAML has them before anybody guesses at types.
/// </summary>
internal sealed class Contract
{
    private const string FileName = "docker-engine-api-v1.51.yaml";

    private readonly JObject _document;

    private Contract(JObject document)
    {
        _document = document;
        Schemas = new SchemaValidator((JObject)document["definitions"]!);
    }

    /// <summary>null when there is no such file.</summary>
    public static Contract? Instance { get; } = Load();

    public SchemaValidator Schemas { get; }

    /// <summary>All operations as <c>GET /containers/json</c>.</summary>
    public IEnumerable<string> Operations =>
        from path in ((JObject)_document["paths"]!).Properties()
        from method in ((JObject)path.Value).Properties()
        where method.Name is "get" or "post" or "put" or "delete" or "head"
        select $"{method.Name.ToUpperInvariant()} {path.Name}";

    /// <summary>The status codes that the contract gives for an operation.</summary>
    public IReadOnlySet<int> Statuses(string operation) => Responses(operation).Properties().Select(response => int.Parse(response.Name)).ToHashSet();

    /// <summary>The schema of an answer, or null when the contract gives none.</summary>
    public JObject? Schema(string operation, int status) => Responses(operation)[status.ToString()]?["schema"] as JObject;

    /// <summary>Whether an operation takes a parameter of a kind (path, query, body, header).</summary>
    public bool Takes(string operation, string place) => Parameters(operation).Any(parameter => (string?)parameter["in"] == place);

    private static Contract? Load()
    {
        string? file = Environment.GetEnvironmentVariable("RTD_TEST_CONTRACT");
        for (DirectoryInfo? directory = new(Tree.Top); file is null && directory is not null; directory = directory.Parent)
        {
            string candidate = Path.Combine(directory.FullName, "shared", "reference", FileName);
            file = File.Exists(candidate) ? candidate : null;
        }

        if (file is null)
        {
            return null;
        }

        using StreamReader reader = new(file);
        return new Contract((JObject)Convert(new DeserializerBuilder().Build().Deserialize<object?>(reader)));
    }

    private static JToken Convert(object? node) => node switch
    {
        IDictionary<object, object?> map => new JObject(map.Select(entry => new JProperty((string)entry.Key, Convert(entry.Value)))),
        IList<object?> list => new JArray(list.Select(Convert)),
        _ => new JValue((string?)node),
    };

    private JObject Operation(string operation)
    {
        string[] words = operation.Split(' ');
        return (JObject)_document["paths"]![words[1]]![words[0].ToLowerInvariant()]!;
    }

    private JObject Responses(string operation) => (JObject)Operation(operation)["responses"]!;

    private IEnumerable<JToken> Parameters(string operation) => Operation(operation)["parameters"] ?? new JArray();
}
