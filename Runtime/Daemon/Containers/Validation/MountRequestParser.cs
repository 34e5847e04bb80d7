using System.Globalization;
using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Volumes;

namespace Rtd.Daemon.Containers.Validation;

/// <summary>Parses <c>--mount</c>.</summary>
internal static class MountRequestParser
{
    public static PlannedMount Parse(MountRequest mount)
    {
        string subject = $"invalid mount config for type \"{mount.Type}\"";
        if (mount.Target.Length == 0)
        {
            throw EngineException.InvalidParameter($"{subject}: field Target must not be empty");
        }

        return mount.Type switch
        {
            MountPoint.Bind => new PlannedMount(Bind(mount, subject)),
            MountPoint.Volume => Volume(mount, subject),
            MountPoint.Tmpfs => new PlannedMount(Tmpfs(mount, subject)),
            MountPoint.Image => new PlannedMount(Image(mount, subject)),
            "npipe" or "cluster" => throw EngineException.InvalidParameter($"mounts of type \"{mount.Type}\" are not supported"),
            _ => throw EngineException.InvalidParameter($"{subject}: mount type unknown"),
        };
    }

    private static MountPoint Bind(MountRequest mount, string subject)
    {
        RefuseOptions(subject, ("VolumeOptions", mount.VolumeOptions), ("TmpfsOptions", mount.TmpfsOptions), ("ImageOptions", mount.ImageOptions));
        if (string.IsNullOrEmpty(mount.Source))
        {
            throw EngineException.InvalidParameter($"{subject}: field Source must not be empty");
        }

        string propagation = string.IsNullOrEmpty(mount.BindOptions?.Propagation) ? "rprivate" : mount.BindOptions.Propagation;
        if (!BindParser.IsPropagation(propagation))
        {
            throw EngineException.InvalidParameter($"{subject}: invalid propagation mode: {propagation}");
        }

        CheckRecursion(mount.BindOptions, subject);
        string source = MountPaths.Clean(mount.Source, subject);
        bool create = mount.BindOptions?.CreateMountpoint == true;
        if (!create && !Path.Exists(source))
        {
            throw EngineException.InvalidParameter($"{subject}: bind source path does not exist: {source}");
        }

        return new MountPoint
        {
            Type = MountPoint.Bind,
            Source = source,
            Destination = MountPaths.CleanDestination(mount.Target, source, subject),
            Writable = !mount.ReadOnly,
            Propagation = propagation,
            NonRecursive = mount.BindOptions?.NonRecursive == true,
            CreateSource = create,
            WritableBelow = mount.BindOptions?.ReadOnlyNonRecursive == true,
        };
    }

    private static void CheckRecursion(BindOptions? options, string subject)
    {
        if (options is { ReadOnlyNonRecursive: true, ReadOnlyForceRecursive: true })
        {
            throw EngineException.InvalidParameter($"{subject}: mount options conflict: ReadOnlyNonRecursive and ReadOnlyForceRecursive");
        }
    }

    private static PlannedMount Volume(MountRequest mount, string subject)
    {
        RefuseOptions(subject, ("BindOptions", mount.BindOptions), ("TmpfsOptions", mount.TmpfsOptions), ("ImageOptions", mount.ImageOptions));
        string subpath = Subpath(mount.VolumeOptions?.Subpath, "volume", subject);

        string name = mount.Source ?? "";
        if (name.Length > 0)
        {
            VolumeNames.Validate(name);
        }
        else if (subpath.Length > 0)
        {
            throw EngineException.InvalidParameter($"{subject}: must not set Subpath when using anonymous volumes");
        }

        MountPoint point = new()
        {
            Type = MountPoint.Volume,
            Name = name,
            Anonymous = name.Length == 0,
            Destination = MountPaths.CleanDestination(mount.Target, "", subject),
            Writable = !mount.ReadOnly,
            Subpath = subpath,

            // What a part of a volume has in it is its user's, not the image's.
            NoCopy = mount.VolumeOptions?.NoCopy == true || subpath.Length > 0,
        };
        return new PlannedMount(point)
        {
            Driver = mount.VolumeOptions?.DriverConfig?.Name ?? "",
            Options = mount.VolumeOptions?.DriverConfig?.Options,
            Labels = mount.VolumeOptions?.Labels,
        };
    }

    /// <summary>A view of an image, which nobody can write to: its layers are others' too.</summary>
    private static MountPoint Image(MountRequest mount, string subject)
    {
        RefuseOptions(subject, ("BindOptions", mount.BindOptions), ("VolumeOptions", mount.VolumeOptions), ("TmpfsOptions", mount.TmpfsOptions));
        if (string.IsNullOrEmpty(mount.Source))
        {
            throw EngineException.InvalidParameter($"{subject}: field Source must not be empty");
        }

        return new MountPoint
        {
            Type = MountPoint.Image,
            Source = mount.Source,
            Destination = MountPaths.CleanDestination(mount.Target, "", subject),
            Writable = false,
            Subpath = Subpath(mount.ImageOptions?.Subpath, "image", subject),
        };
    }

    private static string Subpath(string? asked, string noun, string subject)
    {
        string subpath = asked ?? "";
        List<string> names = [];
        foreach (string word in subpath.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(word => word != "."))
        {
            if (word != "..")
            {
                names.Add(word);
            }
            else if (names.Count > 0)
            {
                names.RemoveAt(names.Count - 1);
            }
            else
            {
                throw OutsideOf(noun, subject);
            }
        }

        return subpath.StartsWith('/') || subpath.Contains('\0') ? throw OutsideOf(noun, subject) : string.Join('/', names);
    }

    private static EngineException OutsideOf(string noun, string subject) => EngineException.InvalidParameter($"{subject}: subpath must be a relative path within the {noun}");

    private static MountPoint Tmpfs(MountRequest mount, string subject)
    {
        RefuseOptions(subject, ("BindOptions", mount.BindOptions), ("VolumeOptions", mount.VolumeOptions), ("ImageOptions", mount.ImageOptions));
        if (!string.IsNullOrEmpty(mount.Source))
        {
            throw EngineException.InvalidParameter($"{subject}: field Source must not be specified");
        }

        string options = string.Join(',', TmpfsWords(mount));
        TmpfsOptionParser.Parse(options);
        return new MountPoint
        {
            Type = MountPoint.Tmpfs,
            Destination = MountPaths.CleanDestination(mount.Target, "", subject),
            Writable = !mount.ReadOnly,
            TmpfsOptions = options,
        };
    }

    private static IEnumerable<string> TmpfsWords(MountRequest mount)
    {
        if (mount.ReadOnly)
        {
            yield return "ro";
        }

        if (mount.TmpfsOptions is not { } options)
        {
            yield break;
        }

        if (options.Mode != 0)
        {
            yield return "mode=" + Convert.ToString(options.Mode, 8);
        }

        if (options.SizeBytes != 0)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"size={options.SizeBytes}");
        }

        foreach (List<string> option in options.Options ?? [])
        {
            yield return string.Join('=', option);
        }
    }

    private static void RefuseOptions(string subject, params ReadOnlySpan<(string Name, object? Value)> options)
    {
        foreach ((string name, object? value) in options)
        {
            if (value is not null)
            {
                throw EngineException.InvalidParameter($"{subject}: field {name} must not be specified");
            }
        }
    }
}
