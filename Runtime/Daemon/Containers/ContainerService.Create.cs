using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Containers.Linking;
using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Containers.Text;
using Rtd.Daemon.Containers.Validation;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Images;
using Rtd.Daemon.Storage.Trees;
using Rtd.Daemon.Volumes;
using Rtd.Daemon.Volumes.Local;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Containers;

internal sealed partial class ContainerService
{
    private const int NameAttempts = 32;

    /// <summary>Makes a container: checked, on disk, with its rw layer and volumes, not started.</summary>
    /// <param name="name">null or "" invents one; a leading slash is Docker's and ignored.</param>
    /// <param name="platform">os/arch[/variant] asked for, or null.</param>
    public Task<ContainerCreateResponse> CreateAsync(string? name, string? platform, ContainerCreateRequest request) => CreateAsync(name, platform, request, [], ofBuild: false);

    /// <param name="ownMounts">Mounts of the daemon's own making, beside those asked for.</param>
    /// <param name="ofBuild">It does a step of a build.</param>
    private async Task<ContainerCreateResponse> CreateAsync(string? name, string? platform, ContainerCreateRequest request, IReadOnlyList<MountPoint> ownMounts, bool ofBuild)
    {
        RefuseWhenShuttingDown();
        ContainerConfig config = request.Config;
        Image image = FindImage(config.Image, platform);
        List<string> warnings = Complete(request, image);
        string id = RandomId.Create();
        CompleteHostname(config, request.HostConfig, id);
        string reserved = ReserveName(name, id);
        try
        {
            ContainerRecord record = await BuildAsync(id, reserved, image, request, ownMounts, ofBuild);
            Container container = new(record);
            _store.Add(container);
            Publish(container, "create");
        }
        catch
        {
            _store.ReleaseName(reserved, id);
            throw;
        }

        return new ContainerCreateResponse { Id = id, Warnings = warnings };
    }

    private static bool Matches(Image image, string platform)
    {
        string[] wanted = platform.Split('/');
        return (wanted is [var os] && os == image.Config.Os)
            || (wanted is [var system, var architecture, ..] && system == image.Config.Os && architecture == image.Config.Architecture);
    }

    private Image FindImage(string reference, string? platform)
    {
        if (reference.Length == 0)
        {
            throw EngineException.InvalidParameter("no image specified");
        }

        Image image = _parts.Images.Get(reference);
        return string.IsNullOrEmpty(platform) || Matches(image, platform)
            ? image
            : throw EngineException.NotFound($"image with reference {reference} was found but does not provide the specified platform ({platform})");
    }

    private List<string> Complete(ContainerCreateRequest request, Image image)
    {
        CreateRules.ValidateAsked(request.HostConfig, request.Config);
        ImageMerge.Apply(request.Config, image.Config.Config);
        if (request.Config.NetworkDisabled)
        {
            request.HostConfig.NetworkMode = "none";
        }

        List<string> warnings = [.. CreateRules.Validate(request.Config), .. _createRules.Complete(request.HostConfig, request.Config)];
        HostConfig host = request.HostConfig;
        host.NetworkMode = ById(host.NetworkMode);
        host.PidMode = ById(host.PidMode);
        host.IpcMode = ById(host.IpcMode);
        return warnings;
    }

    /// <summary>Another container is meant for good, and may get another name. One that is not there is an error of the start.</summary>
    private string ById(string mode) =>
        mode.StartsWith(NetworkMode.ContainerPrefix, StringComparison.Ordinal) && _store.Find(mode[NetworkMode.ContainerPrefix.Length..]) is { } target
            ? NetworkMode.ContainerPrefix + target.Id
            : mode;

    private void CompleteHostname(ContainerConfig config, HostConfig host, string id)
    {
        if (config.Hostname.Length > 0)
        {
            return;
        }

        NetworkMode mode = NetworkMode.Parse(host.NetworkMode);
        config.Hostname = mode.Kind switch
        {
            // One that is not there is an error of the start: to "not found" from a create, docker run answers by pulling the image.
            NetworkModeKind.Container => _store.Find(mode.Name)?.Record.Config.Hostname ?? "",
            NetworkModeKind.Host => Environment.MachineName,
            _ => host.UTSMode == "host" ? Environment.MachineName : RandomId.Short(id),
        };
    }

    private string ReserveName(string? given, string id)
    {
        string name = given ?? "";
        name = name.StartsWith('/') ? name[1..] : name;
        if (name.Length > 0)
        {
            ContainerNames.Validate(name);
            _store.ReserveName(name, id);
            return name;
        }

        for (int attempt = 0; attempt < NameAttempts; attempt++)
        {
            name = ContainerNames.Invent(attempt);
            if (_store.TryReserveName(name, id))
            {
                return name;
            }
        }

        _store.ReserveName(RandomId.Short(id), id);
        return RandomId.Short(id);
    }

    /// <summary>Layer, volumes, directory, in this order; taken back in reverse when one fails.</summary>
    private async Task<ContainerRecord> BuildAsync(
        string id, string name, Image image, ContainerCreateRequest request, IReadOnlyList<MountPoint> ownMounts, bool ofBuild)
    {
        Dictionary<string, EndpointSettings> endpoints = CreateRules.Endpoints(
            request.HostConfig, request.NetworkingConfig, network => _parts.Networks.Lookup(network)?.Name ?? network);
        List<ContainerLink> links = ContainerLinks.Resolve(request.HostConfig, _store);
        if (links.Count > 0)
        {
            // Kept by id from here on, and shown under present names.
            request.HostConfig.Links = null;
        }

        IReadOnlyList<PlannedMount> plan = new MountPlanner(source => _store.Get(source).Record).Plan(request.HostConfig, request.Config);
        List<MountPoint> mounts = [];
        try
        {
            _parts.Layers.Create(id, image, request.HostConfig.StorageOpt ?? []);
            foreach (PlannedMount planned in plan.Where(planned => !ownMounts.Any(own => own.Destination == planned.Point.Destination)))
            {
                mounts.Add(await MakeMountAsync(id, planned));
            }

            mounts.AddRange(ownMounts);
            ContainerRecord record = new()
            {
                Id = id,
                Name = name,
                Created = DateTimeOffset.UtcNow,
                ImageId = image.Id,
                ImageSize = image.Size,
                Command = CreateRules.Command(request.Config),
                Config = request.Config,
                HostConfig = request.HostConfig,
                Mounts = mounts,
                Endpoints = endpoints,
                Links = links,
                OfBuild = ofBuild,
            };
            _files.Create(record);
            return record;
        }
        catch
        {
            await ReleaseVolumesAsync(id, mounts, removeAnonymous: true);
            _parts.Layers.Remove(id);
            throw;
        }
    }

    private async Task<MountPoint> MakeMountAsync(string id, PlannedMount planned)
    {
        MountPoint point = planned.Point;
        if (point.Type == MountPoint.Image)
        {
            return HoldImage(id, point);
        }

        if (point.Type != MountPoint.Volume)
        {
            return point;
        }

        Volume volume = await AcquireAsync(id, planned);
        try
        {
            if (!point.NoCopy)
            {
                await FillAsync(id, volume, point.Destination);
            }

            string source = volume.Driver.Name == LocalDriver.DriverName ? volume.Mountpoint : (await volume.Driver.FindAsync(volume.Name))?.Mountpoint ?? "";
            return point with { Name = volume.Name, Driver = volume.Driver.Name, Source = source };
        }
        catch
        {
            await ReleaseVolumesAsync(id, [point with { Name = volume.Name }], removeAnonymous: true);
            throw;
        }
    }

    private async Task<Volume> AcquireAsync(string id, PlannedMount planned)
    {
        try
        {
            return await _parts.Volumes.AcquireAsync(planned.Point.Name, planned.Driver, planned.Options, planned.Labels, id);
        }
        catch (EngineException missing) when (missing.Kind == ErrorKind.NotFound)
        {
            // The driver is not there; not found would have docker pull the image and try again.
            throw EngineException.InvalidParameter(missing.Message, missing);
        }
    }

    /// <summary>Finds the image to mount; one that was inherited by --volumes-from is known already.</summary>
    private MountPoint HoldImage(string id, MountPoint point)
    {
        try
        {
            Image? image = point.ImageId.Length > 0 ? null : _parts.Images.Get(point.Source);
            MountPoint found = image is null ? point : point with { ImageId = image.Id, ChainId = image.ChainId };
            _parts.Layers.HoldImage(id, found.ChainId);
            return found;
        }
        catch (EngineException missing) when (missing.Kind == ErrorKind.NotFound)
        {
            // Not found would have docker pull the container's image and try again.
            throw EngineException.InvalidParameter($"invalid mount config for type \"image\": {missing.Message}", missing);
        }
    }

    /// <summary>A new volume starts with what the image has at its place.</summary>
    private async Task FillAsync(string id, Volume volume, string destination)
    {
        using AsyncLock.Holder filling = await volume.Filling.AcquireAsync();
        string filler = $"{id}/fill";
        VolumeSource source = await MountToFillAsync(volume, filler);
        try
        {
            using SafeFileHandle directory = source.OpenDirectory();
            if (DirectoryReader.Read(directory.Fd()).Count == 0)
            {
                // By its fd: to a volume that is mounted in place of a directory no other path leads.
                _parts.Layers.CopyUp(id, destination, $"/proc/self/fd/{directory.Fd()}/.");
            }
        }
        finally
        {
            await _parts.Volumes.UnmountAsync(volume.Name, filler);
        }
    }

    private async Task<VolumeSource> MountToFillAsync(Volume volume, string filler)
    {
        try
        {
            return await _parts.Volumes.MountAsync(volume.Name, filler);
        }
        catch (EngineException failure) when (failure.Kind == ErrorKind.System)
        {
            throw EngineException.System($"failed to populate volume: {failure.Message}", failure);
        }
    }

    private async Task ReleaseVolumesAsync(string id, IEnumerable<MountPoint> mounts, bool removeAnonymous)
    {
        foreach (MountPoint mount in mounts.Where(mount => mount.Type == MountPoint.Volume))
        {
            _parts.Volumes.Release(mount.Name, id);
            if (removeAnonymous && mount.Anonymous)
            {
                await _parts.Volumes.TryRemoveAsync(mount.Name);
            }
        }
    }

    private void RefuseWhenShuttingDown()
    {
        if (_shuttingDown)
        {
            throw new EngineException(ErrorKind.Unavailable, "the daemon is shutting down");
        }
    }
}
