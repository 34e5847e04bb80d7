using Rtd.Daemon.Containers.State;

namespace Rtd.Daemon.Volumes;

/// <summary>A queue of one for each name; it exists while somebody is in it.</summary>
internal sealed class KeyedLock
{
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    public async ValueTask<IDisposable> AcquireAsync(string name)
    {
        Entry? entry;
        lock (_entries)
        {
            if (!_entries.TryGetValue(name, out entry))
            {
                _entries[name] = entry = new Entry();
            }

            entry.Users++;
        }

        return new Holder(this, name, entry, await entry.Queue.AcquireAsync());
    }

    private void Leave(string name, Entry entry)
    {
        lock (_entries)
        {
            if (--entry.Users == 0)
            {
                _entries.Remove(name);
            }
        }
    }

    private sealed class Entry
    {
        public AsyncLock Queue { get; } = new();

        public int Users { get; set; }
    }

    private sealed class Holder(KeyedLock owner, string name, Entry entry, AsyncLock.Holder queue) : IDisposable
    {
        public void Dispose()
        {
            queue.Dispose();
            owner.Leave(name, entry);
        }
    }
}
