using Rtd.Daemon.Builds.Dockerfiles.Instructions;
using Rtd.Daemon.Builds.Dockerfiles.Words;
using Rtd.Daemon.Images.Changes;

namespace Rtd.Daemon.Builds.Dockerfiles.Arguments;

/// <summary>What words of a stage's instructions may name: its image's environment, and the ARGs declared so far.</summary>
internal sealed class StageVariables
{
    private readonly BuildArguments _build;
    private readonly Dictionary<string, string?> _arguments;
    private readonly Func<IReadOnlyList<string>?> _environment;

    /// <param name="parent">The stage this one begins with; its ARGs are here too.</param>
    /// <param name="environment">The image's environment now (<c>NAME=value</c>); it wins over ARGs.</param>
    public StageVariables(BuildArguments build, StageVariables? parent, Func<IReadOnlyList<string>?> environment)
    {
        _build = build;
        _arguments = parent is null ? [] : new Dictionary<string, string?>(parent._arguments);
        _environment = environment;
        Words = new WordExpander(Find, build.Escape);
    }

    /// <summary>Expands an instruction of this stage as its variables are at that moment.</summary>
    public WordExpander Words { get; }

    /// <summary>What RUN has in its environment beside the image's: ARGs with a value that ENV does not hide, and the proxies given; <c>NAME=value</c>, sorted.</summary>
    public IReadOnlyList<string> RunEnvironment => Entries(_arguments.Where(pair => pair.Value is not null).Select(pair => new KeyValuePair<string, string>(pair.Key, pair.Value!))
        .Concat(_build.Proxies.Where(pair => !_arguments.ContainsKey(pair.Key))));

    /// <summary>The same without proxies that no ARG declares: what goes into the history (<c>|1 a=b /bin/sh -c …</c>) and the cache's key.</summary>
    public IReadOnlyList<string> RecordedEnvironment => Entries(_arguments.Where(pair => pair.Value is not null).Select(pair => new KeyValuePair<string, string>(pair.Key, pair.Value!)));

    /// <summary>Carries ARG out.</summary>
    /// <param name="instruction">Expanded.</param>
    public void Declare(ArgInstruction instruction)
    {
        foreach ((string name, string? fallback) in instruction.Arguments)
        {
            _arguments[name] = _build.Resolve(name, fallback);
        }
    }

    private string? Find(string name) => Environment(name) ?? _arguments.GetValueOrDefault(name);

    private string? Environment(string name) => ConfigEnvironment.Find(_environment(), name);

    private List<string> Entries(IEnumerable<KeyValuePair<string, string>> arguments) =>
        arguments.Where(pair => Environment(pair.Key) is null).Select(pair => $"{pair.Key}={pair.Value}").Order(StringComparer.Ordinal).ToList();
}
