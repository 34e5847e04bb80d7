using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Builds.Dockerfiles.Lines;

/// <summary>The <c>--flag=value</c> words between an instruction's keyword and its arguments.</summary>
internal sealed class InstructionFlags
{
    private readonly List<(string Name, string? Value)> _rest;

    /// <param name="words">With their dashes.</param>
    public InstructionFlags(IEnumerable<string> words) => _rest = words.Select(Cut).ToList();

    public bool Has(string name) => _rest.Exists(flag => flag.Name == name);

    /// <summary>A flag that may stand once; null when it does not.</summary>
    /// <exception cref="EngineException">Invalid parameter: it has no value or stands twice.</exception>
    public string? Text(string name)
    {
        List<string> values = Texts(name);
        return values.Count > 1 ? throw EngineException.InvalidParameter($"Duplicate flag specified: {name}") : values.FirstOrDefault();
    }

    /// <summary>A flag that may stand often.</summary>
    /// <exception cref="EngineException">Invalid parameter: one has no value.</exception>
    public List<string> Texts(string name) =>
        Take(name).Select(value => value ?? throw EngineException.InvalidParameter($"Missing a value on flag: {name}")).ToList();

    /// <exception cref="EngineException">Invalid parameter: its value is neither true nor false.</exception>
    public bool Boolean(string name)
    {
        List<string?> values = Take(name);
        if (values.Count > 1)
        {
            throw EngineException.InvalidParameter($"Duplicate flag specified: {name}");
        }

        return values.Count == 1 && (values[0]?.ToLowerInvariant() switch
        {
            null or "true" => true,
            "false" => false,
            "" => throw EngineException.InvalidParameter($"Missing a value on flag: {name}"),
            _ => throw EngineException.InvalidParameter($"Expecting boolean value for flag {name}, not: {values[0]}"),
        });
    }

    /// <summary>To be called when all flags of the instruction have been asked for.</summary>
    /// <exception cref="EngineException">Invalid parameter: there is another.</exception>
    public void RefuseOthers()
    {
        if (_rest.Count > 0)
        {
            throw EngineException.InvalidParameter($"unknown flag: --{_rest[0].Name}");
        }
    }

    private List<string?> Take(string name)
    {
        List<string?> values = _rest.Where(flag => flag.Name == name).Select(flag => flag.Value).ToList();
        _rest.RemoveAll(flag => flag.Name == name);
        return values;
    }

    private static (string Name, string? Value) Cut(string word)
    {
        int equals = word.IndexOf('=');
        return equals < 0 ? (word[2..], null) : (word[2..equals], word[(equals + 1)..]);
    }
}
