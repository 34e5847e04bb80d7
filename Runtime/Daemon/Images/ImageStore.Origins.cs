using Rtd.Daemon.Images.Origins;

namespace Rtd.Daemon.Images;

internal sealed partial class ImageStore
{
    private readonly Dictionary<string, int> _pins = [];

    /// <summary>Keeps an image from being removed while a build stands on it; null when it has gone already.</summary>
    public IDisposable? TryPin(string id)
    {
        lock (_lock)
        {
            if (!_images.ContainsKey(id))
            {
                return null;
            }

            _pins[id] = _pins.GetValueOrDefault(id) + 1;
            return new Pin(this, id);
        }
    }

    /// <summary>The image that another one was built from here, or null.</summary>
    public ImageEntry? FindParent(string id)
    {
        lock (_lock)
        {
            return _origins.Find(id) is { } origin && _images.ContainsKey(origin.Parent) ? Entry(origin.Parent) : null;
        }
    }

    /// <summary>The newest image that was built here by this very step, or null; it counts as used.</summary>
    public Image? FindStep(string key, Func<ImageOrigin, bool> wanted)
    {
        lock (_lock)
        {
            ImageOrigin? found = _origins.WithKey(key).FirstOrDefault(origin => _images.ContainsKey(origin.ImageId) && wanted(origin));
            if (found is null)
            {
                return null;
            }

            _origins.Touch(found.ImageId, DateTimeOffset.UtcNow);
            return _images[found.ImageId];
        }
    }

    /// <summary>Whether one image is another, or was built from it here.</summary>
    public bool IsBuiltFrom(string id, string ancestor)
    {
        lock (_lock)
        {
            for (string next = id; next.Length > 0; next = _origins.Find(next)?.Parent ?? "")
            {
                if (next == ancestor)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>A step is what a build was asked for.</summary>
    public void MarkResult(string id)
    {
        lock (_lock)
        {
            if (_origins.Find(id) is { IsResult: false } origin && _images.ContainsKey(id))
            {
                _origins.Set(origin with { IsResult = true });
                _snapshot = null;
            }
        }
    }

    /// <summary>Removes a step that has no name, no container and no image built from it; null when it has.</summary>
    /// <returns>The bytes that became free.</returns>
    public long? TryRemoveStep(string id, IImageUsage usage)
    {
        long reclaimed;
        lock (_lock)
        {
            if (!IsForgottenStep(id, usage) || _origins.HasChildren(id))
            {
                return null;
            }

            reclaimed = Delete(id, []);
        }

        _layers.EmptyTrash();
        return reclaimed;
    }

    /// <summary>Takes a step of an image that is there out of what later builds may use. Its layers stay, being the image's.</summary>
    public bool TryForgetStep(string id, IImageUsage usage)
    {
        lock (_lock)
        {
            ImageOrigin? origin = _origins.Find(id);
            bool isFree = origin is not null && !_pins.ContainsKey(id) && _images.ContainsKey(id);
            if (!isFree)
            {
                return false;
            }

            if (_references.Of(id).Count == 0 && !origin!.IsResult && usage.Users(id).Count == 0)
            {
                Delete(id, []);
            }
            else
            {
                _origins.Remove(id);
                _snapshot = null;
            }
        }

        _layers.EmptyTrash();
        return true;
    }

    private sealed class Pin(ImageStore store, string id) : IDisposable
    {
        private bool _released;

        public void Dispose()
        {
            lock (store._lock)
            {
                if (!_released)
                {
                    _released = true;
                    int left = store._pins[id] - 1;
                    if (left > 0)
                    {
                        store._pins[id] = left;
                    }
                    else
                    {
                        store._pins.Remove(id);
                    }
                }
            }
        }
    }
}
