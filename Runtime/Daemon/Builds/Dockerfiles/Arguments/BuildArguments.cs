using System.Collections.Concurrent;
using Rtd.Daemon.Builds.Dockerfiles.Instructions;
using Rtd.Daemon.Builds.Dockerfiles.Words;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Builds.Dockerfiles.Arguments;

/// <summary>The arguments of one build: those given, those of platforms, and the ARGs before the first FROM.</summary>
/// <remarks>Stages that run side by side may ask it at the same time once all global ARGs are declared.</remarks>
internal sealed class BuildArguments
{
    private readonly IReadOnlyDictionary<string, string?> _given;
    private readonly Dictionary<string, string?> _globals = [];
    private readonly ConcurrentDictionary<string, bool> _consumed = [];

    /// <param name="given">The client's <c>buildargs</c>; null is "the default".</param>
    /// <param name="platforms">See <see cref="PlatformArguments"/>.</param>
    /// <exception cref="EngineException">Invalid parameter: a default cannot be expanded.</exception>
    public BuildArguments(IReadOnlyDictionary<string, string?> given, IReadOnlyDictionary<string, string> platforms, Dockerfile dockerfile)
    {
        _given = given;
        Escape = dockerfile.Escape;
        foreach ((string name, string value) in platforms)
        {
            _globals[name] = Given(name) ?? value;
        }

        FromWords = new WordExpander(name => _globals.GetValueOrDefault(name), Escape);
        foreach (ArgInstruction instruction in dockerfile.GlobalArguments)
        {
            Declare(instruction);
        }
    }

    /// <summary>Expands what FROM says: only global ARGs are known there.</summary>
    public WordExpander FromWords { get; }

    public char Escape { get; }

    /// <summary>Docker's line for the end of a build; null when all were used.</summary>
    public string? UnconsumedWarning
    {
        get
        {
            List<string> names = _given.Keys.Where(name => !_consumed.ContainsKey(name) && !ProxyArguments.Has(name)).Order(StringComparer.Ordinal).ToList();
            return names.Count == 0 ? null : $"[Warning] One or more build-args [{string.Join(' ', names)}] were not consumed";
        }
    }

    /// <summary>The proxies that the client gave.</summary>
    public IEnumerable<KeyValuePair<string, string>> Proxies =>
        _given.Where(pair => ProxyArguments.Has(pair.Key) && pair.Value is not null).Select(pair => new KeyValuePair<string, string>(pair.Key, pair.Value!));

    /// <summary>What a stage's <c>ARG name</c> gets; null when it stays unset.</summary>
    /// <param name="fallback">Its own default, expanded, or null.</param>
    public string? Resolve(string name, string? fallback) => Given(name) ?? fallback ?? _globals.GetValueOrDefault(name);

    private void Declare(ArgInstruction instruction)
    {
        try
        {
            foreach ((string name, string? fallback) in instruction.Expand(FromWords).Arguments)
            {
                _globals[name] = Given(name) ?? fallback ?? _globals.GetValueOrDefault(name);
            }
        }
        catch (EngineException error)
        {
            throw DockerfileError.At(instruction.Source, error);
        }
    }

    private string? Given(string name)
    {
        if (!_given.TryGetValue(name, out string? value))
        {
            return null;
        }

        _consumed[name] = true;
        return value;
    }
}
