using System.Runtime.CompilerServices;
using NLog;
using Rtd.Daemon.Containers.Execs;
using Rtd.Daemon.Containers.Launching;
using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Containers.Statistics;
using Rtd.Daemon.Containers.Validation;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Networking;
using Rtd.Daemon.Startup;

namespace Rtd.Daemon.Containers;

/// <summary>The life of containers: one file per verb.</summary>
/// <remarks>
/// Every verb that changes a container queues for that container alone. Waiting for a process to end happens outside of the queue, since
/// the end itself is recorded in it.
/// </remarks>
internal sealed partial class ContainerService
{
    private static readonly Logger s_log = LogManager.GetLogger("containers");

    private readonly ContainerDependencies _parts;
    private readonly ContainerDefaults _defaults;
    private readonly ContainerStore _store = new();
    private readonly ExecStore _execs = new();
    private readonly ContainerFiles _files;
    private readonly UnsavedContainers _unsaved;
    private readonly ContainerLauncher _launcher;
    private readonly ContainerPresenter _presenter;
    private readonly ResourceRules _resourceRules;
    private volatile CreateRules _createRules;
    private readonly StatisticsHub _statistics = new((ulong)HostSystem.Read().Memory);
    private volatile bool _shuttingDown;

    public ContainerService(ContainerDependencies parts, ContainerDefaults defaults)
    {
        _parts = parts;
        _defaults = defaults;
        _files = new ContainerFiles(defaults.DataRoot, defaults.ExecRoot);
        _files.Prepare();
        _unsaved = new UnsavedContainers(container => _files.Save(container.Record));
        _launcher = new ContainerLauncher(parts, defaults, _files, _store);
        _presenter = new ContainerPresenter(parts, _files, _store, _execs, _launcher);
        _resourceRules = new ResourceRules(Environment.ProcessorCount, parts.Cgroups.Features);
        _createRules = new CreateRules(defaults, _resourceRules);
    }

    /// <summary>Other defaults for containers that are made from now on: log driver and its options, size of /dev/shm, runtimes.</summary>
    public void Reload(ContainerDefaults defaults)
    {
        _createRules = new CreateRules(defaults, _resourceRules);
        _launcher.Reload(defaults);
    }

    /// <summary>All containers, for counts and for who uses an image or a volume.</summary>
    public IReadOnlyCollection<Container> All => _store.All;

    /// <summary>Whether a container of this id runs.</summary>
    public bool IsRunning(string id) => _store.Find(id) is { } container && container.State.Running;

    /// <summary>A container by id, prefix or name; not found in Docker's words.</summary>
    public Container Get(string reference) => _store.Get(reference);

    public bool Exists(string reference) => reference.Length > 0 && _store.Find(reference) is not null;

    /// <summary>A line for each container: what it is, and who has its queue.</summary>
    public IEnumerable<string> DescribeQueues() => _store.All.OrderBy(container => container.Record.Name, StringComparer.Ordinal).Select(container =>
        $"{container.Id[..12]} {container.Record.Name} {container.State.Status} pid {container.State.Pid}: queue {container.Queue}");

    /// <summary>Queues for a container and makes sure it still exists once it is our turn.</summary>
    private async Task<(Container Container, AsyncLock.Holder Holder)> EnterAsync(string reference, [CallerMemberName] string purpose = "")
    {
        Container container = _store.Get(reference);
        AsyncLock.Holder holder = await container.Queue.AcquireAsync(purpose: purpose);
        if (!container.IsRemoved)
        {
            return (container, holder);
        }

        holder.Dispose();
        throw EngineException.NotFound($"No such container: {reference}");
    }

    /// <summary>Writes a container's state; when the disk does not take it, again until it does.</summary>
    /// <param name="whenSaved">What may happen only when it is on disk.</param>
    private void Save(Container container, Action? whenSaved = null)
    {
        try
        {
            _files.Save(container.Record);
        }
        catch (Exception failure) when (UnsavedContainers.IsOfDisk(failure))
        {
            // A full disk must not keep an exit from being seen; what is in memory is served meanwhile.
            s_log.Error(failure, "container {0}: its state cannot be written; this is tried again", container.Id);
            _unsaved.Add(container, whenSaved);
            return;
        }

        _unsaved.Saved(container);
        whenSaved?.Invoke();
    }

    private void Publish(Container container, string action, params ReadOnlySpan<(string Key, string Value)> details)
    {
        ContainerRecord record = container.Record;
        Dictionary<string, string> attributes = record.Config.Labels is null ? [] : new(record.Config.Labels);
        attributes["image"] = record.Config.Image;
        attributes["name"] = record.Name;
        foreach ((string key, string value) in details)
        {
            attributes[key] = value;
        }

        _parts.Events.Publish("container", action, container.Id, attributes);
    }

    /// <summary>Tells of each of a container's endpoints that it is connected, or no longer.</summary>
    private void PublishNetworks(Container container, IReadOnlyList<IEndpoint> endpoints, string action)
    {
        foreach (IEndpoint endpoint in endpoints)
        {
            _parts.Events.Publish("network", action, endpoint.NetworkId, new Dictionary<string, string>
            {
                ["container"] = container.Id,
                ["name"] = endpoint.NetworkName,
                ["type"] = _parts.Networks.Lookup(endpoint.NetworkId)?.Driver ?? "",
            });
        }
    }

    /// <summary>Tells of each of a container's volumes that it is mounted, or no longer.</summary>
    private void PublishMounts(Container container, string action)
    {
        foreach (MountPoint mount in container.Record.Mounts.Where(mount => mount.Type == MountPoint.Volume))
        {
            Dictionary<string, string> attributes = new() { ["driver"] = mount.Driver, ["container"] = container.Id };
            if (action == "mount")
            {
                attributes["destination"] = mount.Destination;
                attributes["read/write"] = mount.Writable ? "true" : "false";
                attributes["propagation"] = mount.Propagation;
            }

            _parts.Events.Publish("volume", action, mount.Name, attributes);
        }
    }

    private EngineException NotRunning(Container container) => EngineException.Conflict($"container {container.Id} is not running");
}
