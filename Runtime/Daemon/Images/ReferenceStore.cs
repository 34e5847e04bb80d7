using Newtonsoft.Json;
using Rtd.Daemon.Storage.Files;

namespace Rtd.Daemon.Images;

/// <summary>Which name means which image: <c>repositories.json</c>, kept whole in memory, written whole at each change.</summary>
/// <remarks>Not safe for concurrent use; <see cref="ImageStore"/> has the lock.</remarks>
internal sealed class ReferenceStore
{
    private readonly string _path;
    private readonly Dictionary<string, string> _ids = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<ImageReference>> _byId = [];
    private readonly Dictionary<string, DateTimeOffset> _lastTagged = [];

    public ReferenceStore(string path)
    {
        _path = path;
        ReferenceRecord record = StateFile.Read<ReferenceRecord>(path, "images have lost their names, and are known by their ids") ?? new ReferenceRecord();
        foreach ((string name, string id) in record.References)
        {
            Index(ImageReference.Parse(name), id);
        }

        foreach ((string id, DateTimeOffset time) in record.LastTagged)
        {
            _lastTagged[id] = time;
        }
    }

    /// <summary>The id that a reference (with tag or digest) stands for, or null.</summary>
    public string? Find(ImageReference reference) => _ids.GetValueOrDefault(reference.ToString());

    /// <summary>All references to an image, sorted.</summary>
    public IReadOnlyList<ImageReference> Of(string id) => _byId.TryGetValue(id, out List<ImageReference>? references) ? references.ToArray() : [];

    /// <summary>When the image was last given a name, or null.</summary>
    public DateTimeOffset? LastTagged(string id) => _lastTagged.TryGetValue(id, out DateTimeOffset time) ? time : null;

    /// <summary>Makes a reference stand for an image, whatever it stood for before; on disk when it returns.</summary>
    public void Set(ImageReference reference, string id)
    {
        string? before = Find(reference);
        DateTimeOffset? tagged = LastTagged(id);
        Index(reference, id);
        if (reference.Tag is not null)
        {
            _lastTagged[id] = DateTimeOffset.UtcNow;
        }

        SaveOr(() =>
        {
            Unindex(reference);
            if (before is not null)
            {
                Index(reference, before);
            }

            Restore(id, tagged);
        });
    }

    /// <summary>Removes references, on disk when it returns. An image that has none left is forgotten here.</summary>
    public void Remove(IReadOnlyList<ImageReference> references)
    {
        (ImageReference Reference, string? Id)[] before = references.Select(reference => (reference, Find(reference))).ToArray();
        foreach (ImageReference reference in references)
        {
            Unindex(reference);
        }

        SaveOr(() =>
        {
            foreach ((ImageReference reference, string? id) in before)
            {
                if (id is not null)
                {
                    Index(reference, id);
                }
            }
        });
    }

    /// <summary>Forgets references to images that do not exist (any more).</summary>
    public void Keep(Func<string, bool> exists)
    {
        ImageReference[] dead = _byId.Where(entry => !exists(entry.Key)).SelectMany(entry => entry.Value).ToArray();
        string[] forgotten = _lastTagged.Keys.Where(id => !exists(id)).ToArray();
        foreach (string id in forgotten)
        {
            _lastTagged.Remove(id);
        }

        if (dead.Length > 0)
        {
            Remove(dead);
        }
    }

    private void Index(ImageReference reference, string id)
    {
        Unindex(reference);
        _ids[reference.ToString()] = id;
        if (!_byId.TryGetValue(id, out List<ImageReference>? references))
        {
            _byId[id] = references = [];
        }

        references.Add(reference);
        references.Sort((a, b) => string.CompareOrdinal(a.ToString(), b.ToString()));
    }

    private void Unindex(ImageReference reference)
    {
        if (!_ids.Remove(reference.ToString(), out string? id))
        {
            return;
        }

        List<ImageReference> references = _byId[id];
        references.Remove(reference);
        if (references.Count == 0)
        {
            _byId.Remove(id);
        }
    }

    private void Restore(string id, DateTimeOffset? tagged)
    {
        if (tagged is { } time)
        {
            _lastTagged[id] = time;
        }
        else
        {
            _lastTagged.Remove(id);
        }
    }

    private void SaveOr(Action undo)
    {
        try
        {
            AtomicFile.Write(_path, JsonConvert.SerializeObject(new ReferenceRecord { References = new(_ids), LastTagged = _lastTagged.Where(entry => _byId.ContainsKey(entry.Key)).ToDictionary() }));
        }
        catch
        {
            undo();
            throw;
        }
    }
}
