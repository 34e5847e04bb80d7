using System.Text;
using Rtd.Daemon.Execution;

namespace Rtd.Tests.Integration.Execution;

/// <summary>Keeps what a process wrote.</summary>
internal sealed class CollectedOutput : IOutputSink
{
    private readonly MemoryStream _stdout = new();
    private readonly MemoryStream _stderr = new();

    public string Stdout => Text(_stdout);

    public string Stderr => Text(_stderr);

    public bool Completed { get; private set; }

    public ValueTask WriteAsync(OutputStream stream, ReadOnlyMemory<byte> data)
    {
        MemoryStream target = stream == OutputStream.Stderr ? _stderr : _stdout;
        lock (target)
        {
            target.Write(data.Span);
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask CompleteAsync()
    {
        Completed = true;
        return ValueTask.CompletedTask;
    }

    private static string Text(MemoryStream stream)
    {
        lock (stream)
        {
            return Encoding.UTF8.GetString(stream.ToArray());
        }
    }
}
