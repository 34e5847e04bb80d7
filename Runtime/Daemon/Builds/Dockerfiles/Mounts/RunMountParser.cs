using System.Globalization;
using Rtd.Daemon.Builds.Dockerfiles.Words;
using Rtd.Daemon.Configuration;
using Rtd.Daemon.Errors;
using Rtd.Protocol.Text;

namespace Rtd.Daemon.Builds.Dockerfiles.Mounts;

/// <summary>Reads <c>type=cache,target=/x,…</c>: fields between commas, quoted as in CSV.</summary>
internal sealed class RunMountParser
{
    private RunMount _mount = new();
    private bool? _readOnly;
    private bool _hasFileAttributes;
    private bool _hasSharing;

    /// <exception cref="EngineException">Invalid parameter.</exception>
    public static RunMount Parse(string text, WordExpander words)
    {
        RunMountParser parser = new();
        foreach (string field in Fields(text))
        {
            int equals = field.IndexOf('=');
            string key = (equals < 0 ? field : field[..equals]).ToLowerInvariant();
            if (equals < 0)
            {
                parser.SetSwitch(key, field);
            }
            else
            {
                parser.Set(key, words.Expand(field[(equals + 1)..]), field);
            }
        }

        return parser.Finish();
    }

    /// <summary>What a stage needs must be known before any stage runs.</summary>
    /// <exception cref="EngineException">Invalid parameter.</exception>
    public static void RefuseVariableSource(string text)
    {
        foreach (string field in Fields(text))
        {
            if (field.StartsWith("from=", StringComparison.OrdinalIgnoreCase) && field.IndexOf('$') is >= 0 and int dollar && dollar < field.Length - 1)
            {
                throw EngineException.InvalidParameter("'from' doesn't support variable expansion, define alias stage instead");
            }
        }
    }

    /// <summary>What a mount is of; null when it says nothing.</summary>
    public static string? SourceOf(string text) => Fields(text).LastOrDefault(field => field.StartsWith("from=", StringComparison.OrdinalIgnoreCase))?["from=".Length..];

    private void SetSwitch(string key, string field)
    {
        switch (key)
        {
            case "readonly" or "ro":
                _readOnly = true;
                break;
            case "readwrite" or "rw":
                _readOnly = false;
                break;
            case "required":
                SetRequired(true);
                break;
            default:
                throw EngineException.InvalidParameter($"invalid field '{field}' must be a key=value pair");
        }
    }

    private void Set(string key, string value, string field)
    {
        switch (key)
        {
            case "type":
                _mount = _mount with { Type = Type(value) };
                break;
            case "from":
                _mount = _mount with { From = value };
                break;
            case "source" or "src":
                _mount = _mount with { Source = value };
                break;
            case "target" or "dst" or "destination":
                _mount = _mount with { Target = value };
                break;
            case "readonly" or "ro":
                _readOnly = Boolean(key, value);
                break;
            case "readwrite" or "rw":
                _readOnly = !Boolean(key, value);
                break;
            case "id":
                _mount = _mount with { Id = value };
                break;
            case "env":
                _mount = _mount with { Environment = value };
                break;
            case "required":
                SetRequired(Boolean(key, value));
                break;
            default:
                SetAttribute(key, value, field);
                break;
        }
    }

    private void SetAttribute(string key, string value, string field)
    {
        switch (key)
        {
            case "size" when _mount.Type == RunMountType.Tmpfs:
                _mount = _mount with { SizeLimit = ByteSize.TryParse(value, out long bytes) ? bytes : throw InvalidValue(key, value) };
                break;
            case "size":
                throw UnexpectedForType(key);
            case "sharing":
                _hasSharing = true;
                _mount = _mount with { Sharing = Sharing(value) };
                break;
            case "mode":
                _hasFileAttributes = true;
                _mount = _mount with { Mode = Mode(value) };
                break;
            case "uid":
                _hasFileAttributes = true;
                _mount = _mount with { User = Number(key, value) };
                break;
            case "gid":
                _hasFileAttributes = true;
                _mount = _mount with { Group = Number(key, value) };
                break;
            default:
                throw EngineException.InvalidParameter($"unexpected key '{key}' in '{field}'");
        }
    }

    private void SetRequired(bool required) =>
        _mount = _mount.Type == RunMountType.Secret ? _mount with { Required = required } : throw UnexpectedForType("required");

    private RunMount Finish()
    {
        RunMountType type = _mount.Type;
        if (_hasFileAttributes && type is not (RunMountType.Cache or RunMountType.Secret))
        {
            throw EngineException.InvalidParameter($"mode, uid and gid not allowed for \"{Name(type)}\" type mounts");
        }

        if (_hasSharing && type != RunMountType.Cache)
        {
            throw EngineException.InvalidParameter($"invalid cache sharing set for {Name(type)} mount");
        }

        if (_mount.Environment is not null && type != RunMountType.Secret)
        {
            throw UnexpectedForType("env");
        }

        if (type == RunMountType.Secret)
        {
            return Secret();
        }

        return _mount.Target is { Length: > 0 }
            ? _mount with { ReadOnly = _readOnly ?? type == RunMountType.Bind }
            : throw EngineException.InvalidParameter($"invalid mount: target required for {Name(type)} mounts");
    }

    private RunMount Secret()
    {
        if (_mount.From is not null)
        {
            throw EngineException.InvalidParameter("secret mount should not have a from");
        }

        if (_mount.Source is not null && _mount.Id is not null)
        {
            throw EngineException.InvalidParameter("both source and id can't be set");
        }

        // Without an id it is the last part of the target's name.
        string? id = _mount.Id ?? _mount.Source ?? _mount.Target?.TrimEnd('/').Split('/')[^1];
        return id is { Length: > 0 }
            ? _mount with { Id = id, Source = null, ReadOnly = _readOnly ?? true }
            : throw EngineException.InvalidParameter("invalid secret mount. one of source, target required");
    }

    private static List<string> Fields(string text)
    {
        try
        {
            return Csv.Split(text);
        }
        catch (FormatException error)
        {
            throw EngineException.InvalidParameter($"failed to parse csv mounts: {error.Message}", error);
        }
    }

    private EngineException UnexpectedForType(string key) => EngineException.InvalidParameter($"unexpected key '{key}' for mount type '{Name(_mount.Type)}'");

    private static EngineException InvalidValue(string key, string value) => EngineException.InvalidParameter($"invalid value for {key}: {value}");

    private static string Name(RunMountType type) => type.ToString().ToLowerInvariant();

    private static RunMountType Type(string text) => text.ToLowerInvariant() switch
    {
        "bind" => RunMountType.Bind,
        "cache" => RunMountType.Cache,
        "tmpfs" => RunMountType.Tmpfs,
        "secret" => RunMountType.Secret,
        "ssh" => throw EngineException.InvalidParameter("unsupported mount type \"ssh\": clients of this build protocol cannot forward an agent"),
        _ => throw EngineException.InvalidParameter($"unsupported mount type \"{text}\""),
    };

    private static CacheSharing Sharing(string text) => text.ToLowerInvariant() switch
    {
        "shared" => CacheSharing.Shared,
        "private" => CacheSharing.Private,
        "locked" => CacheSharing.Locked,
        _ => throw EngineException.InvalidParameter($"unsupported sharing value \"{text}\""),
    };

    private static bool Boolean(string key, string text) => text switch
    {
        "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        _ => throw InvalidValue(key, text),
    };

    private static uint Number(string key, string text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? number : throw EngineException.InvalidParameter($"invalid value {text} for {key}");

    private static int Mode(string text)
    {
        int mode = 0;
        foreach (char digit in text)
        {
            mode = digit is >= '0' and <= '7' && mode <= 0xFFF ? (mode * 8) + (digit - '0') : throw EngineException.InvalidParameter($"invalid value {text} for mode");
        }

        return text.Length > 0 ? mode : throw EngineException.InvalidParameter($"invalid value {text} for mode");
    }
}
