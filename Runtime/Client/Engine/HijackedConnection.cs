namespace Rtd.Client.Engine;

/// <summary>A connection that HTTP has been taken off: raw bytes both ways, each half ended on its own.</summary>
internal sealed class HijackedConnection(EngineSocket socket, HttpReader reader, bool isMultiplexed) : IDisposable
{
    /// <summary>Whether the daemon said that output comes in frames; older daemons never say.</summary>
    public bool IsMultiplexed { get; } = isMultiplexed;

    public int Read(Span<byte> buffer) => reader.Read(buffer);

    public void Write(ReadOnlySpan<byte> bytes) => socket.Write(bytes);

    /// <summary>Tells the container that its input has ended.</summary>
    public void CloseWrite() => socket.CloseWrite();

    /// <summary>Ends both halves at once, which wakes a reader on another thread.</summary>
    public void Abort() => socket.Abort();

    public void Dispose() => socket.Dispose();
}
