namespace Rtd.Tests.Integration.Conformance;

/// <summary>An operation of the API as the tests drive it.</summary>
/// <param name="Name"><c>POST /containers/{id}/stop</c></param>
internal sealed record Operation(string Name)
{
    /// <summary>What a call needs besides its path, so that an unknown id is its only fault.</summary>
    public string Query { get; init; } = "";

    /// <summary>A JSON body that is well-formed and harmless; null for an operation without one.</summary>
    public string? Body { get; init; }

    /// <summary>Queries that are refused with 400; empty when every query will do (flags take anything).</summary>
    public string[] BadQueries { get; init; } = [];

    /// <summary>The version that brought the last parameter of a bad query: older ones do not look at it.</summary>
    public IReadOnlyDictionary<string, string> Since { get; init; } = new Dictionary<string, string>();

    /// <summary>Status of an unknown id or name; 200 for a stream that ends with the error.</summary>
    public int Unknown { get; init; } = 404;

    /// <summary>Statuses that dockerd answers although the contract does not give them.</summary>
    public int[] Also { get; init; } = [];

    /// <summary>Everything is answered with this status: it is another orchestrator's, or not there.</summary>
    public int? Always { get; init; }

    public string Method => Name.Split(' ')[0];

    public string Path => Name.Split(' ')[1];

    public bool HasId => Path.Contains('{');

    /// <summary>Whether a version of the API knows what is wrong with a bad query.</summary>
    public bool IsLookedAt(string query, string version) =>
        !Since.TryGetValue(query.Split('&')[^1].Split('=')[0], out string? since) || Version.Parse(version) >= Version.Parse(since);
}
