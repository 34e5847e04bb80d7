using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Rtd.Daemon.Api;

namespace Rtd.Tests.Unit.Containers.Fakes;

/// <summary>A client's hijacked connection: what it types and what it sees.</summary>
internal sealed class FakeHijack : HijackContext
{
    private readonly Pipe _input = new();
    private readonly Pipe _output;
    private readonly TaskCompletionSource _accepted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _aborted = new();

    /// <param name="outputLimit">Bytes that the connection takes before it makes the writer wait.</param>
    public FakeHijack(int outputLimit = 64 * 1024) =>
        _output = new Pipe(new PipeOptions(pauseWriterThreshold: outputLimit, resumeWriterThreshold: outputLimit / 2, useSynchronizationContext: false));

    public Task Accepted => _accepted.Task;

    public (int Status, object? Json)? Response { get; private set; }

    public override string Method => "POST";

    public override Version Version { get; } = new(1, 51);

    public override CancellationToken Aborted => _aborted.Token;

    public override string this[string routeValue] => throw new NotSupportedException();

    public override string? Query(string name) => null;

    public override bool QueryBool(string name, bool absent = false) => absent;

    public override Task<T> ReadJsonAsync<T>() => Task.FromResult(new T());

    public override Task<HijackedStream> AcceptAsync(bool tty)
    {
        _accepted.TrySetResult();
        return Task.FromResult(new HijackedStream(_input.Reader, _output.Writer));
    }

    public override Task<HijackedStream> AcceptWebSocketAsync() => AcceptAsync(tty: true);

    public override Task RespondAsync(int status, object? json)
    {
        Response = (status, json);
        return Task.CompletedTask;
    }

    public async Task TypeAsync(string text) => await _input.Writer.WriteAsync(Encoding.UTF8.GetBytes(text));

    public void HalfClose() => _input.Writer.Complete();

    /// <summary>The client is gone, both ways.</summary>
    public void Vanish()
    {
        _input.Writer.Complete();
        _output.Reader.Complete();
        _aborted.Cancel();
    }

    /// <summary>The next bytes, at least this many.</summary>
    public async Task<byte[]> ReadAsync(int length)
    {
        ReadResult read = await _output.Reader.ReadAtLeastAsync(length);
        byte[] data = read.Buffer.Slice(0, Math.Min(length, read.Buffer.Length)).ToArray();
        _output.Reader.AdvanceTo(read.Buffer.GetPosition(data.Length));
        return data;
    }

    /// <summary>Everything written so far and from now on, once the handler has returned.</summary>
    public async Task<byte[]> ReadToEndAsync()
    {
        await _output.Writer.CompleteAsync();
        using MemoryStream all = new();
        await _output.Reader.CopyToAsync(all);
        return all.ToArray();
    }
}
