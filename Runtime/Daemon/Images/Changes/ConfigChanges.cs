using System.Globalization;
using Newtonsoft.Json;
using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Images.Changes;

/// <summary>The Dockerfile instructions that <c>import --change</c> and <c>commit --change</c> take.</summary>
internal sealed class ConfigChanges
{
    private static readonly Dictionary<string, string> s_noVariables = [];

    private readonly ContainerConfig _config;
    private bool _commandSet;

    private ConfigChanges(ContainerConfig config) => _config = config;

    /// <summary>Carries the instructions out on the config, one after another.</summary>
    /// <exception cref="EngineException">Invalid parameter.</exception>
    public static void Apply(ContainerConfig config, IEnumerable<string> changes)
    {
        ConfigChanges target = new(config);
        foreach (string line in changes.SelectMany(change => change.Split('\n')))
        {
            string text = line.Trim();
            if (text.Length > 0 && text[0] != '#')
            {
                target.Apply(text);
            }
        }
    }

    private void Apply(string text)
    {
        int blank = text.AsSpan().IndexOfAny(' ', '\t');
        string instruction = (blank < 0 ? text : text[..blank]).ToUpperInvariant();
        string arguments = blank < 0 ? "" : text[blank..].Trim();
        Action<string> apply = instruction switch
        {
            "CMD" => Command,
            "ENTRYPOINT" => Entrypoint,
            "ENV" => Environment,
            "EXPOSE" => Expose,
            "HEALTHCHECK" => text => _config.Healthcheck = HealthcheckInstruction.Parse(text, Exec),
            "LABEL" => Label,
            "USER" => User,
            "VOLUME" => Volume,
            "WORKDIR" => WorkingDirectory,
            "ONBUILD" => OnBuild,
            "STOPSIGNAL" => StopSignal,
            _ => throw EngineException.InvalidParameter($"{instruction} is not a valid change command"),
        };
        if (arguments.Length == 0)
        {
            throw EngineException.InvalidParameter($"{instruction} requires at least one argument");
        }

        apply(arguments);
    }

    private void Command(string arguments)
    {
        _config.Cmd = Exec(arguments) ?? ["/bin/sh", "-c", arguments];
        _commandSet = true;
    }

    /// <summary>A new entry point makes the command that came with the old one meaningless.</summary>
    private void Entrypoint(string arguments)
    {
        _config.Entrypoint = Exec(arguments) ?? ["/bin/sh", "-c", arguments];
        if (!_commandSet)
        {
            _config.Cmd = null;
        }
    }

    private void Environment(string arguments)
    {
        ShellWords shell = Shell();
        foreach ((string key, string value) in Pairs("ENV", arguments, shell))
        {
            _config.Env ??= [];
            int index = _config.Env.FindIndex(entry => entry.StartsWith(key + "=", StringComparison.Ordinal));
            if (index >= 0)
            {
                _config.Env[index] = $"{key}={value}";
            }
            else
            {
                _config.Env.Add($"{key}={value}");
            }
        }
    }

    private void Label(string arguments)
    {
        foreach ((string key, string value) in Pairs("LABEL", arguments, Shell()))
        {
            (_config.Labels ??= [])[key] = value;
        }
    }

    private void Expose(string arguments)
    {
        ShellWords shell = Shell();
        foreach (string port in ShellWords.Split(arguments).Select(shell.Expand))
        {
            foreach (string single in Ports(port))
            {
                (_config.ExposedPorts ??= [])[single] = new EmptyObject();
            }
        }
    }

    private void User(string arguments) => _config.User = Shell().Expand(arguments);

    private void Volume(string arguments)
    {
        ShellWords shell = Shell();
        foreach (string volume in (Exec(arguments) ?? ShellWords.Split(arguments)).Select(shell.Expand))
        {
            if (volume.Trim().Length == 0)
            {
                throw EngineException.InvalidParameter("VOLUME specified can not be an empty string");
            }

            (_config.Volumes ??= [])[volume] = new EmptyObject();
        }
    }

    private void WorkingDirectory(string arguments)
    {
        string directory = Shell().Expand(arguments);
        _config.WorkingDir = Path.GetFullPath(directory, _config.WorkingDir.Length == 0 ? "/" : _config.WorkingDir);
    }

    private void OnBuild(string arguments)
    {
        string trigger = arguments.Split(' ', '\t')[0].ToUpperInvariant();
        switch (trigger)
        {
            case "ONBUILD":
                throw EngineException.InvalidParameter("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
            case "MAINTAINER" or "FROM":
                throw EngineException.InvalidParameter($"{trigger} isn't allowed as an ONBUILD trigger");
            default:
                (_config.OnBuild ??= []).Add(arguments);
                break;
        }
    }

    private void StopSignal(string arguments)
    {
        string signal = Shell().Expand(arguments);
        bool number = int.TryParse(signal, NumberStyles.None, CultureInfo.InvariantCulture, out int value);
        bool valid = number ? value is > 0 and <= 64 : signal.Length > 0 && !signal.ToUpperInvariant().AsSpan().ContainsAnyExcept("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-");
        _config.StopSignal = valid ? signal : throw EngineException.InvalidParameter($"invalid signal: {signal}");
    }

    /// <summary>The JSON form; null when it is not JSON and so the shell form.</summary>
    private static List<string>? Exec(string arguments)
    {
        if (!arguments.StartsWith('['))
        {
            return null;
        }

        try
        {
            List<string?>? words = JsonConvert.DeserializeObject<List<string?>>(arguments);
            return words is not null && !words.Contains(null) ? words.OfType<string>().ToList() : null;
        }
        catch (JsonException)
        {
            return null; // as for Docker, "[ -f x ] && y" is a shell command
        }
    }

    /// <summary><c>key=value key2="value 2"</c>, or the old form <c>key all the rest</c>.</summary>
    private static List<(string Key, string Value)> Pairs(string instruction, string arguments, ShellWords shell)
    {
        List<string> words = ShellWords.Split(arguments);
        if (!words[0].Contains('='))
        {
            return words.Count > 1
                ? [(shell.Expand(words[0]), shell.Expand(arguments[words[0].Length..].Trim()))]
                : throw EngineException.InvalidParameter($"{instruction} must have two arguments");
        }

        return words.Select(word => Pair(instruction, word, shell)).ToList();
    }

    private static (string Key, string Value) Pair(string instruction, string word, ShellWords shell)
    {
        int equals = word.IndexOf('=');
        string key = equals < 0 ? "" : shell.Expand(word[..equals]);
        return equals < 0
            ? throw EngineException.InvalidParameter($"Syntax error - can't find = in \"{word}\". Must be of the form: name=value")
            : key.Length == 0
                ? throw EngineException.InvalidParameter($"{instruction} names can not be blank")
                : (key, shell.Expand(word[(equals + 1)..]));
    }

    private static IEnumerable<string> Ports(string text)
    {
        string[] parts = text.Split('/');
        string protocol = parts.Length > 1 ? parts[1].ToLowerInvariant() : "tcp";
        string[] range = parts[0].Split('-');
        if (parts.Length > 2 || range.Length > 2 || protocol is not ("tcp" or "udp" or "sctp")
            || !ushort.TryParse(range[0], NumberStyles.None, CultureInfo.InvariantCulture, out ushort first)
            || !ushort.TryParse(range[^1], NumberStyles.None, CultureInfo.InvariantCulture, out ushort last)
            || last < first)
        {
            throw EngineException.InvalidParameter($"invalid containerPort: {text}");
        }

        return Enumerable.Range(first, last - first + 1).Select(port => $"{port}/{protocol}");
    }

    private ShellWords Shell() => new(_config.Env is null
        ? s_noVariables
        : _config.Env.Select(entry => entry.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair.Length > 1 ? pair[1] : ""));
}
