namespace Rtd.Client.CommandLine;

/// <summary>
/// Reads argv by the rules of docker's flag library (bundled shorthands, attached values, repeated options, options before or among the arguments)
/// and fills the options classes from it.
/// </summary>
internal sealed class ArgumentReader(FlagSet flags, bool interspersed)
{
    private readonly Dictionary<Flag, List<string>> _given = [];

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

    /// <summary>Fills the options classes.</summary>
    public void Bind()
    {
        foreach ((Flag flag, List<string> values) in _given)
        {
            // A list's value may hold nothing ("").
            if (values.Count > 0)
            {
                flag.Owner.Bind(flag, values);
            }
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
        if (!_given.TryGetValue(flag, out List<string>? values))
        {
            _given.Add(flag, values = []);
        }

        try
        {
            foreach (string item in FlagValue.Normalize(flag, value))
            {
                values.Add(item);
            }
        }
        catch (FormatException reason)
        {
            throw new UsageException($"invalid argument {GoQuote.Quote(value)} for \"{flag.Display}\" flag: {reason.Message}");
        }
    }
}
