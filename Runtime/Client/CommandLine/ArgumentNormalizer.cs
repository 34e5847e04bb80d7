namespace Rtd.Client.CommandLine;

/// <summary>
/// Reads argv by the rules of docker's flag library (bundled shorthands, attached values, repeated options, options before or among the arguments)
/// and gives CommandLineParser an unambiguous line for each options class: long names, each with its own value.
/// </summary>
internal sealed class ArgumentNormalizer(FlagSet flags, bool interspersed)
{
    /// <summary>Goes before a value that CommandLineParser would take for an option, and is taken off again after binding.</summary>
    public const char Escape = '\u0001';

    private readonly List<(Flag Flag, string Value)> _options = [];

    /// <summary>What is not an option, in order.</summary>
    public List<string> Arguments { get; } = [];

    /// <summary>--help was met. The rest is read all the same: a bad option is told first.</summary>
    public bool WantsHelp { get; private set; }

    /// <exception cref="UsageException">An unknown option, a missing or a bad value.</exception>
    public void Read(ReadOnlySpan<string> args)
    {
        for (int i = 0; i < args.Length; i++)
        {
            string arg = args[i];
            if (arg == "--")
            {
                Arguments.AddRange(args[(i + 1)..]);
                return;
            }

            if (arg.StartsWith("--", StringComparison.Ordinal))
            {
                i += ReadLong(arg, args[(i + 1)..]);
            }
            else if (arg.Length > 1 && arg[0] == '-')
            {
                i += ReadShort(arg, args[(i + 1)..]);
            }
            else if (interspersed)
            {
                Arguments.Add(arg);
            }
            else
            {
                Arguments.AddRange(args[i..]);
                return;
            }
        }
    }

    /// <summary>Has each options class of which something was given bound by CommandLineParser.</summary>
    public void Bind()
    {
        KeepLast();
        foreach (IGrouping<OptionPart, (Flag Flag, string Value)> part in _options.GroupBy(option => option.Flag.Owner))
        {
            List<string> line = [];
            HashSet<Flag> escaped = [];
            foreach ((Flag flag, string value) in part)
            {
                AddOption(line, escaped, flag, value);
            }

            part.Key.Bind(line, escaped);
        }
    }

    /// <summary>Of a single-valued option given twice the last one counts.</summary>
    private void KeepLast()
    {
        HashSet<Flag> given = [];
        for (int i = _options.Count - 1; i >= 0; i--)
        {
            Flag flag = _options[i].Flag;
            if (!flag.IsList && !given.Add(flag))
            {
                _options.RemoveAt(i);
            }
        }
    }

    private static void AddOption(List<string> line, HashSet<Flag> escaped, Flag flag, string value)
    {
        if (flag.IsSwitch)
        {
            if (value == "true")
            {
                line.Add("--" + flag.Name);
            }

            return;
        }

        line.Add("--" + flag.Name);
        bool isText = flag.IsList || flag.Property.PropertyType == typeof(string);
        bool looksLikeOption = value.StartsWith('-') || value.StartsWith(Escape);
        if (isText && looksLikeOption)
        {
            escaped.Add(flag);
            line.Add(Escape + value);
        }
        else
        {
            line.Add(value);
        }
    }

    /// <summary>Reads --name, --name=value or --name value; returns how many of the following words were taken.</summary>
    private int ReadLong(string arg, ReadOnlySpan<string> following)
    {
        int equals = arg.IndexOf('=');
        string name = equals < 0 ? arg[2..] : arg[2..equals];
        if (name.Length == 0 || name[0] == '-')
        {
            throw new UsageException($"bad flag syntax: {arg}");
        }

        Flag? flag = flags.Find(name);
        if (flag is null && name == "help")
        {
            WantsHelp = true;
            return 0;
        }

        if (flag is null)
        {
            throw new UsageException($"unknown flag: --{name}");
        }

        if (equals >= 0 || flag.IsBoolean)
        {
            Add(flag, equals >= 0 ? arg[(equals + 1)..] : "true");
            return 0;
        }

        if (following.IsEmpty)
        {
            throw new UsageException($"flag needs an argument: --{name}");
        }

        Add(flag, following[0]);
        return 1;
    }

    /// <summary>Reads -abc, -ovalue, -o=value or -o value; returns how many of the following words were taken.</summary>
    private int ReadShort(string arg, ReadOnlySpan<string> following)
    {
        for (int i = 1; i < arg.Length; i++)
        {
            char letter = arg[i];
            Flag? flag = flags.Find(letter);
            if (flag is null && letter == 'h')
            {
                WantsHelp = true;
                continue;
            }

            if (flag is null)
            {
                throw new UsageException($"unknown shorthand flag: '{letter}' in -{arg[i..]}");
            }

            string rest = arg[(i + 1)..];
            if (rest.Length > 1 && rest[0] == '=')
            {
                Add(flag, rest[1..]);
                return 0;
            }

            if (flag.IsBoolean)
            {
                Add(flag, "true");
                continue;
            }

            if (rest.Length > 0)
            {
                Add(flag, rest);
                return 0;
            }

            if (following.IsEmpty)
            {
                throw new UsageException($"flag needs an argument: '{letter}' in -{arg[i..]}");
            }

            Add(flag, following[0]);
            return 1;
        }

        return 0;
    }

    private void Add(Flag flag, string value)
    {
        try
        {
            foreach (string item in FlagValue.Normalize(flag, value))
            {
                _options.Add((flag, item));
            }
        }
        catch (FormatException reason)
        {
            throw new UsageException($"invalid argument {GoQuote.Quote(value)} for \"{flag.Display}\" flag: {reason.Message}");
        }
    }
}
