using System.Text;
using Rtd.Daemon.Execution;

namespace Rtd.Daemon.Containers.Health;

/// <summary>Keeps the beginning of what a check writes to stdout and stderr; the rest is read and forgotten, so that the check is not held up.</summary>
internal sealed class CheckOutput : IOutputSink
{
    /// <summary>Bytes, as in dockerd.</summary>
    public const int Limit = 4096;

    private readonly Lock _gate = new();
    private readonly MemoryStream _kept = new();
    private bool _truncated;

    /// <summary>The text so far, with three dots where it was cut.</summary>
    public string Text
    {
        get
        {
            lock (_gate)
            {
                string text = Encoding.UTF8.GetString(_kept.GetBuffer(), 0, (int)_kept.Length);
                return _truncated ? text + "..." : text;
            }
        }
    }

    public ValueTask WriteAsync(OutputStream stream, ReadOnlyMemory<byte> data)
    {
        lock (_gate)
        {
            int fits = Math.Min(data.Length, Limit - (int)_kept.Length);
            _kept.Write(data.Span[..fits]);
            _truncated |= fits < data.Length;
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask CompleteAsync() => ValueTask.CompletedTask;
}
