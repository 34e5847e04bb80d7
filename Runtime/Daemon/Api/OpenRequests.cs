using System.Collections.Concurrent;
using System.Diagnostics;

namespace Rtd.Daemon.Api;

/// <summary>The requests that are being served, for whoever wants to know what the daemon is doing.</summary>
internal sealed class OpenRequests
{
    private readonly ConcurrentDictionary<Entry, byte> _open = [];

    /// <summary>From now until the result is disposed.</summary>
    /// <param name="id">As the log has it.</param>
    public IDisposable Begin(string id, string method, string target)
    {
        Entry entry = new(this, id, method, RequestTarget.Path(target));
        _open.TryAdd(entry, 0);
        return entry;
    }

    /// <summary>A line each, the oldest first.</summary>
    public IEnumerable<string> Describe() =>
        _open.Keys.OrderBy(entry => entry.Since).Select(entry => $"{entry.Id} {entry.Method} {entry.Path}: for {Stopwatch.GetElapsedTime(entry.Since).TotalSeconds:0.000} s");

    private sealed class Entry(OpenRequests all, string id, string method, string path) : IDisposable
    {
        public string Id => id;

        public string Method => method;

        public string Path => path;

        public long Since { get; } = Stopwatch.GetTimestamp();

        public void Dispose() => all._open.TryRemove(this, out _);
    }
}
