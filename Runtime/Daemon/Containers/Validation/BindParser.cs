using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Volumes;

namespace Rtd.Daemon.Containers.Validation;

/// <summary>Parses <c>-v</c>: <c>/host:/inside[:options]</c>, <c>name:/inside[:options]</c> or <c>/inside</c>.</summary>
internal static class BindParser
{
    private static readonly HashSet<string> s_propagations = ["private", "rprivate", "shared", "rshared", "slave", "rslave"];

    public static MountPoint Parse(string bind)
    {
        string subject = $"invalid volume specification: '{bind}'";
        return bind.Split(':') switch
        {
            [var destination] => Volume("", destination, "", subject),
            [{ Length: > 0 } source, var destination] => Split(source, destination, "", subject),
            [{ Length: > 0 } source, var destination, var mode] => Split(source, destination, mode, subject),
            _ => throw EngineException.InvalidParameter(subject),
        };
    }

    public static bool IsPropagation(string word) => s_propagations.Contains(word);

    private static MountPoint Split(string source, string destination, string mode, string subject) => source.StartsWith('/')
        ? Bind(source, destination, mode, subject)
        : Volume(source, destination, mode, subject);

    private static MountPoint Bind(string source, string destination, string mode, string subject)
    {
        Modes modes = ParseMode(mode, subject);
        if (modes.NoCopy)
        {
            throw InvalidMode(mode, subject);
        }

        string host = MountPaths.Clean(source, subject);
        return new MountPoint
        {
            Type = MountPoint.Bind,
            Source = host,
            Destination = MountPaths.CleanDestination(destination, host, subject),
            Mode = mode,
            Writable = modes.Writable,
            Propagation = modes.Propagation.Length > 0 ? modes.Propagation : "rprivate",
            CreateSource = true,
        };
    }

    private static MountPoint Volume(string name, string destination, string mode, string subject)
    {
        Modes modes = ParseMode(mode, subject);
        if (modes.Propagation.Length > 0)
        {
            throw InvalidMode(mode, subject);
        }

        if (name.Length > 0)
        {
            VolumeNames.Validate(name);
        }

        return new MountPoint
        {
            Type = MountPoint.Volume,
            Name = name,
            Anonymous = name.Length == 0,
            Destination = MountPaths.CleanDestination(destination, "", subject),
            Mode = mode,
            Writable = modes.Writable,
            NoCopy = modes.NoCopy,
        };
    }

    private static Modes ParseMode(string mode, string subject)
    {
        Modes modes = new(true, false, "");
        HashSet<string> subjects = [];
        foreach (string word in mode.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            (string about, modes) = word switch
            {
                "ro" => ("access", modes with { Writable = false }),
                "rw" => ("access", modes),
                "nocopy" => ("copy", modes with { NoCopy = true }),
                "z" or "Z" => ("label", modes),
                "cached" or "consistent" or "delegated" => ("consistency", modes),
                _ when IsPropagation(word) => ("propagation", modes with { Propagation = word }),
                _ => throw InvalidMode(mode, subject),
            };
            if (!subjects.Add(about))
            {
                throw InvalidMode(mode, subject);
            }
        }

        return modes;
    }

    private static EngineException InvalidMode(string mode, string subject) => EngineException.InvalidParameter($"{subject}: invalid mode: {mode}");

    private readonly record struct Modes(bool Writable, bool NoCopy, string Propagation);
}
