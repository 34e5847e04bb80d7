using Rtd.Daemon.Errors;
using Rtd.Daemon.Images.Origins;
using Rtd.Daemon.Storage.Layers;

namespace Rtd.Daemon.Images;

internal sealed partial class ImageStore
{
    /// <summary>Removes a name, and with its last name, or when named by id, the image and the layers that nobody else uses.</summary>
    /// <param name="force">Also when it has several names (by id) or stopped containers. Never when a container runs from it.</param>
    /// <exception cref="EngineException">Not found; conflict, in Docker's words.</exception>
    public IReadOnlyList<ImageRemoval> Remove(string reference, bool force, IImageUsage usage)
    {
        List<ImageRemoval> done = [];
        lock (_lock)
        {
            (string id, ImageReference? name) = Resolve(reference);
            IReadOnlyList<ImageReference> names = _references.Of(id);
            if (name is null)
            {
                RemoveById(id, names, force, usage, done);
            }
            else
            {
                RemoveName(id, name, names, force, usage, done);
            }
        }

        _layers.EmptyTrash();
        return done;
    }

    /// <summary>Removes all images that no container uses: those without a tag, or all.</summary>
    /// <param name="matches">Which images may go.</param>
    /// <returns>What was done, and the bytes that became free.</returns>
    public (IReadOnlyList<ImageRemoval> Removed, long Reclaimed) Prune(bool danglingOnly, Func<ImageEntry, bool> matches, IImageUsage usage, CancellationToken cancelled)
    {
        List<ImageRemoval> done = [];
        long reclaimed = 0;
        foreach (ImageEntry entry in List())
        {
            cancelled.ThrowIfCancellationRequested();
            if (entry.IsIntermediate || (danglingOnly && !entry.IsDangling) || !matches(entry))
            {
                continue;
            }

            lock (_lock)
            {
                if (_images.ContainsKey(entry.Image.Id) && !_pins.ContainsKey(entry.Image.Id) && _references.Of(entry.Image.Id).SequenceEqual(entry.References) && usage.Users(entry.Image.Id).Count == 0)
                {
                    Untag(entry.Image.Id, entry.References, done);
                    reclaimed += DeleteWithSteps(entry.Image.Id, usage, done);
                }
            }
        }

        _layers.EmptyTrash();
        return (done, reclaimed);
    }

    private void RemoveById(string id, IReadOnlyList<ImageReference> names, bool force, IImageUsage usage, List<ImageRemoval> done)
    {
        // Several names of one repository are no obstacle, as for Docker: all of them are what the id means there.
        bool several = names.Select(name => name.Name).Distinct().Count() > 1;
        CheckUsers(id, several, force, usage);
        if (_pins.ContainsKey(id))
        {
            throw EngineException.Conflict($"conflict: unable to delete {ShortId(id)} (cannot be forced) - image is being used by a running build");
        }

        if (_origins.HasChildren(id))
        {
            throw EngineException.Conflict($"conflict: unable to delete {ShortId(id)} (cannot be forced) - image has dependent child images");
        }

        Untag(id, names, done);
        DeleteWithSteps(id, usage, done);
    }

    private void RemoveName(string id, ImageReference name, IReadOnlyList<ImageReference> names, bool force, IImageUsage usage, List<ImageRemoval> done)
    {
        ImageReference[] left = names.Where(other => other != name).ToArray();

        // Digests of a repository are not names of their own: the last tag takes them along.
        ImageReference[] digests = left.Where(other => other.Name == name.Name && other.Tag is null).ToArray();
        bool onlyDigestsOfIt = digests.Length == left.Count(other => other.Name == name.Name);
        ImageReference[] going = onlyDigestsOfIt ? [name, .. digests] : [name];
        if (going.Length < names.Count)
        {
            Untag(id, going, done);
            return;
        }

        if (!force && usage.Users(id) is [ImageUser user, ..])
        {
            throw EngineException.Conflict($"conflict: unable to remove repository reference \"{name.Familiar}\" (must force) - container {Short(user.ContainerId)} is using its referenced image {ShortId(id)}");
        }

        CheckUsers(id, severalRepositories: false, force, usage);
        Untag(id, going, done);
        DeleteWithSteps(id, usage, done);
    }

    private static void CheckUsers(string id, bool severalRepositories, bool force, IImageUsage usage)
    {
        IReadOnlyList<ImageUser> users = usage.Users(id);
        if (users.FirstOrDefault(user => user.IsRunning) is { } running)
        {
            throw EngineException.Conflict($"conflict: unable to delete {ShortId(id)} (cannot be forced) - image is being used by running container {Short(running.ContainerId)}");
        }

        if (!force && severalRepositories)
        {
            throw EngineException.Conflict($"conflict: unable to delete {ShortId(id)} (must be forced) - image is referenced in multiple repositories");
        }

        if (!force && users is [ImageUser stopped, ..])
        {
            throw EngineException.Conflict($"conflict: unable to delete {ShortId(id)} (must be forced) - image is being used by stopped container {Short(stopped.ContainerId)}");
        }
    }

    private void Untag(string id, IReadOnlyList<ImageReference> names, List<ImageRemoval> done)
    {
        if (names.Count == 0)
        {
            return;
        }

        _references.Remove(names);
        _snapshot = null;
        foreach (ImageReference name in names)
        {
            done.Add(new ImageRemoval(name.Familiar, null));
            Raise("untag", id, name.Familiar);
        }
    }

    /// <summary>
    /// Removes an image that has no name any more, and then those it was built from here that nothing else needs. One that others were built from
    /// stays, without a name, until they go.
    /// </summary>
    private long DeleteWithSteps(string id, IImageUsage usage, List<ImageRemoval> done)
    {
        long reclaimed = 0;
        string? next = id;
        while (next is not null && !_origins.HasChildren(next) && !_pins.ContainsKey(next))
        {
            string? parent = _origins.Find(next)?.Parent;
            reclaimed += Delete(next, done);
            next = parent is not null && IsForgottenStep(parent, usage) ? parent : null;
        }

        return reclaimed;
    }

    private bool IsForgottenStep(string id, IImageUsage usage) =>
        _images.ContainsKey(id) && !_pins.ContainsKey(id) && _origins.Find(id) is { IsResult: false } && _references.Of(id).Count == 0 && usage.Users(id).Count == 0;

    /// <summary>Removes the config, then lets the layers go; those that a container stands on stay until it is removed.</summary>
    private long Delete(string id, List<ImageRemoval> done)
    {
        File.Delete(ConfigPath(id));
        string chainId = _images[id].ChainId;
        _images.Remove(id);
        _origins.Remove(id);
        _snapshot = null;
        done.Add(new ImageRemoval(null, id));
        IReadOnlyList<Layer> layers = _layers.Stack(chainId);
        if (_holds.Remove(id, out LayerHold? hold))
        {
            hold.Release();
        }

        long reclaimed = 0;
        foreach (Layer layer in layers.Where(layer => _layers.Find(layer.ChainId) is null))
        {
            reclaimed += layer.Size;
            done.Add(new ImageRemoval(null, layer.ChainId));
        }

        Raise("delete", id, id);
        return reclaimed;
    }

    private static string Short(string containerId) => containerId.Length > 12 ? containerId[..12] : containerId;

    private static string ShortId(string id) => Short(id["sha256:".Length..]);
}
