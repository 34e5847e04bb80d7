namespace Rtd.Daemon.Configuration;

/// <summary>
/// Brings arguments into the one form that CommandLineParser and Docker's users mean the same by: <c>--name=value</c>, each flag with its value.
/// </summary>
/// <remarks>
/// Docker's flags (pflag) may be combined (<c>-Dl debug</c>), take their value glued, after = or as the next argument, and be repeated, the
/// last one counting. CommandLineParser instead lets a list swallow all that follows, and refuses a repeated scalar.
/// </remarks>
internal sealed class ArgumentNormalizer
{
    private static readonly Dictionary<string, OptionInfo> s_byLong = OptionInfo.All.ToDictionary(option => option.Long);
    private static readonly Dictionary<string, OptionInfo> s_byShort =
        OptionInfo.All.Where(option => option.Short.Length > 0).ToDictionary(option => option.Short);

    private readonly Queue<string> _arguments;
    private readonly List<(OptionInfo Option, string Value)> _said = [];

    private ArgumentNormalizer(IEnumerable<string> arguments) => _arguments = new Queue<string>(arguments);

    /// <exception cref="ConfigurationException">An unknown flag, a flag without its value, or an argument that is no flag.</exception>
    public static IReadOnlyList<string> Normalize(IEnumerable<string> arguments) => new ArgumentNormalizer(arguments).Run();

    private static ConfigurationException Usage(string message) => new(message) { IsUsage = true };

    private IReadOnlyList<string> Run()
    {
        while (_arguments.TryDequeue(out string? argument))
        {
            if (argument.StartsWith("--", StringComparison.Ordinal) && argument.Length > 2)
            {
                TakeLong(argument[2..]);
            }
            else if (argument.StartsWith('-') && argument.Length > 1 && argument != "--")
            {
                TakeShorts(argument[1..]);
            }
            else if (argument != "--" || _arguments.Count > 0)
            {
                throw Usage("\"rtd daemon\" accepts no argument(s)");
            }
        }

        return Print();
    }

    private void TakeLong(string text)
    {
        int equals = text.IndexOf('=');
        string name = equals < 0 ? text : text[..equals];
        string? value = equals < 0 ? null : text[(equals + 1)..];
        if (!s_byLong.TryGetValue(name, out OptionInfo? option))
        {
            RefuseUnknown(name, value);
            return;
        }

        Say(option, value ?? (option.Kind == OptionKind.Flag ? "true" : Next($"flag needs an argument: --{name}")));
    }

    private void RefuseUnknown(string name, string? value)
    {
        if (!UnavailableSettings.IsFlag(name))
        {
            throw Usage($"unknown flag: --{name}");
        }

        // What is switched off explicitly need not be there.
        bool off = value is "" || (UnavailableSettings.IsSwitch(name) && value is not null && ParseFlag(value) == false);
        if (!off)
        {
            throw new ConfigurationException($"--{name} is not available in this version of rtd");
        }
    }

    private void TakeShorts(string letters)
    {
        for (int i = 0; i < letters.Length; i++)
        {
            if (!s_byShort.TryGetValue(letters[i].ToString(), out OptionInfo? option))
            {
                throw Usage($"unknown shorthand flag: '{letters[i]}' in -{letters}");
            }

            string rest = letters[(i + 1)..];
            if (rest.StartsWith('='))
            {
                Say(option, rest[1..]);
                return;
            }

            if (option.Kind != OptionKind.Flag)
            {
                Say(option, rest.Length > 0 ? rest : Next($"flag needs an argument: '{letters[i]}' in -{letters}"));
                return;
            }

            Say(option, "true");
        }
    }

    private string Next(string missing) => _arguments.TryDequeue(out string? value) ? value : throw Usage(missing);

    private void Say(OptionInfo option, string value)
    {
        value = option.Kind switch
        {
            OptionKind.Flag => ParseFlag(value) switch
            {
                true => "true",
                false => "false",
                null => throw Usage($"invalid argument \"{value}\" for \"{option.Flag}\" flag: must be true or false"),
            },
            OptionKind.Number when !int.TryParse(value, out _) => throw Usage($"invalid argument \"{value}\" for \"{option.Flag}\" flag: must be an integer"),
            _ => value.TrimStart(),
        };
        if (option.Kind != OptionKind.List)
        {
            _said.RemoveAll(said => said.Option == option);
        }

        _said.Add((option, value));
    }

    /// <summary>The spellings of Go's strconv.ParseBool.</summary>
    private static bool? ParseFlag(string value) => value switch
    {
        "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        _ => null,
    };

    /// <summary>An empty value asks for the default, as does not saying anything; CommandLineParser has no form for it.</summary>
    private string[] Print() => _said.Where(said => said.Value.Length > 0).Select(said => $"--{said.Option.Long}={said.Value}").ToArray();
}
