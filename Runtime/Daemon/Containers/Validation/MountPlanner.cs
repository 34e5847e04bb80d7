using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Containers.Validation;

/// <summary>All mounts of a new container: --volumes-from, then -v and --mount, then --tmpfs, then the image's volumes where nothing else is mounted.</summary>
internal sealed class MountPlanner(Func<string, ContainerRecord> findContainer)
{
    private readonly Dictionary<string, PlannedMount> _mounts = [];
    private readonly HashSet<string> _inherited = [];

    public IReadOnlyList<PlannedMount> Plan(HostConfig hostConfig, ContainerConfig config)
    {
        foreach (string source in hostConfig.VolumesFrom ?? [])
        {
            Inherit(source);
        }

        foreach (string bind in hostConfig.Binds ?? [])
        {
            Add(new PlannedMount(BindParser.Parse(bind)) { Driver = hostConfig.VolumeDriver });
        }

        foreach (MountRequest mount in hostConfig.Mounts ?? [])
        {
            Add(MountRequestParser.Parse(mount));
        }

        foreach ((string destination, string options) in hostConfig.Tmpfs ?? [])
        {
            Add(new PlannedMount(Tmpfs(destination, options)));
        }

        foreach (string destination in (config.Volumes ?? []).Keys)
        {
            AddImageVolume(destination, hostConfig.VolumeDriver);
        }

        return [.. _mounts.Values];
    }

    private static MountPoint Tmpfs(string destination, string options)
    {
        TmpfsOptionParser.Parse(options);
        return new MountPoint
        {
            Type = MountPoint.Tmpfs,
            Destination = MountPaths.CleanDestination(destination, "", "invalid mount config for type \"tmpfs\""),
            TmpfsOptions = options,
            Hidden = true,
        };
    }

    private void Inherit(string source)
    {
        int colon = source.IndexOf(':');
        string name = colon < 0 ? source : source[..colon];
        string mode = colon < 0 ? "" : source[(colon + 1)..];
        if (name.Length == 0 || mode is not ("" or "ro" or "rw" or "z" or "Z"))
        {
            throw EngineException.InvalidParameter($"invalid volumes-from specification: {source}");
        }

        foreach (MountPoint point in FindSource(name).Mounts.Where(point => point.Type != MountPoint.Tmpfs))
        {
            _inherited.Add(point.Destination);
            _mounts[point.Destination] = new PlannedMount(point with { Writable = point.Writable && mode != "ro" });
        }
    }

    /// <summary>Not found would have docker pull the image and try again; dockerd answers that the request is wrong, too.</summary>
    private ContainerRecord FindSource(string name)
    {
        try
        {
            return findContainer(name);
        }
        catch (EngineException missing) when (missing.Kind == ErrorKind.NotFound)
        {
            throw EngineException.InvalidParameter(missing.Message, missing);
        }
    }

    private void Add(PlannedMount mount)
    {
        string destination = mount.Point.Destination;
        if (_mounts.ContainsKey(destination) && !_inherited.Remove(destination))
        {
            throw EngineException.InvalidParameter($"Duplicate mount point: {destination}");
        }

        _mounts[destination] = mount;
    }

    private void AddImageVolume(string destination, string driver)
    {
        string clean = MountPaths.CleanDestination(destination, "", $"invalid volume specification: '{destination}'");
        _mounts.TryAdd(clean, new PlannedMount(new MountPoint { Type = MountPoint.Volume, Anonymous = true, Destination = clean }) { Driver = driver });
    }
}
