using System.Text;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Execution;
using Rtd.Daemon.Logging;
using Rtd.Daemon.Logging.Remote;
using Xunit;

namespace Rtd.Tests.Unit.Logging;

/// <summary>The queue between a container and a collector.</summary>
public sealed class RemoteLogTests
{
    [Fact]
    public async Task Messages_arrive_in_order_also_those_that_wait_at_the_end()
    {
        FakeSender sender = new();
        RemoteLog log = Log(sender);
        await log.ConnectAsync();
        for (int i = 0; i < 1000; i++)
        {
            Write(log, $"line {i}\n");
        }

        await log.DisposeAsync();

        Assert.Equal(Enumerable.Range(0, 1000).Select(i => $"line {i}"), sender.Lines);
        Assert.Equal(Enumerable.Range(1, 1000).Select(i => (long)i), sender.Taken.Select(entry => entry.Ordinal));
        Assert.Equal(0, log.LostMessages);
    }

    [Fact]
    public async Task Parts_of_a_long_line_are_numbered_by_stream()
    {
        FakeSender sender = new();
        RemoteLog log = Log(sender);
        Write(log, "part one, ");
        Write(log, "other\n", OutputStream.Stderr);
        Write(log, "part two, ");
        Write(log, "the end\n");
        Write(log, "whole\n");
        await log.DisposeAsync();

        Assert.Equal([(1, false), null, (2, false), (3, true), null], sender.Taken.Select(entry => entry.Part is { } part ? (part.Number, part.Last) : ((int, bool)?)null));
        Assert.Single(sender.Taken.Where(entry => entry.Part is not null).Select(entry => entry.Part!.Id).Distinct());
    }

    [Fact]
    public async Task Collector_that_is_not_there_refuses_the_start_in_dockers_words()
    {
        RemoteLog log = Log(new FakeSender { Broken = true });

        EngineException error = await Assert.ThrowsAsync<EngineException>(log.ConnectAsync);

        Assert.Equal("failed to initialize logging driver: dial tcp 127.0.0.1:1: connection refused", error.Message);
        await Log(new FakeSender { Broken = true }, new RemoteLogOptions { Async = true }).ConnectAsync();
    }

    [Fact]
    public async Task Slow_collector_makes_a_blocking_log_wait_and_loses_nothing()
    {
        FakeSender sender = new();
        sender.Hold();
        RemoteLog log = Log(sender, new RemoteLogOptions { Buffer = 1000 });
        Write(log, new string('x', 500) + "\n");
        Assert.True(log.WaitForRoomAsync().IsCompleted);
        Write(log, new string('x', 500) + "\n");
        ValueTask room = log.WaitForRoomAsync();
        Assert.False(room.IsCompleted);

        sender.Release();
        await room;
        await log.DisposeAsync();

        Assert.Equal((2, 0), (sender.Taken.Count, log.LostMessages));
    }

    [Fact]
    public async Task Slow_collector_makes_a_non_blocking_log_lose_what_does_not_fit()
    {
        FakeSender sender = new();
        sender.Hold();
        RemoteLog log = Log(sender, new RemoteLogOptions { Buffer = 1000, NonBlocking = true });
        for (int i = 0; i < 10; i++)
        {
            Write(log, new string('x', 200) + "\n");
            Assert.True(log.WaitForRoomAsync().IsCompleted);
        }

        sender.Release();
        await log.DisposeAsync();

        Assert.Equal((3, 7), (sender.Taken.Count, log.LostMessages));
    }

    [Fact]
    public async Task Broken_connection_is_made_again_and_nothing_is_lost()
    {
        FakeSender sender = new() { BreakNext = true };
        RemoteLog log = Log(sender, new RemoteLogOptions { Retry = TimeSpan.FromMilliseconds(1) });
        Write(log, "a\n");
        Write(log, "b\n");
        await log.DisposeAsync();

        Assert.Equal(["a", "b"], sender.Lines);
        Assert.Equal(0, log.LostMessages);
    }

    [Fact]
    public async Task Container_that_waits_is_let_go_when_its_process_is_gone()
    {
        FakeSender sender = new();
        sender.Hold();
        RemoteLog log = Log(sender, new RemoteLogOptions { Buffer = 10 });
        Write(log, new string('x', 500) + "\n");
        ValueTask room = log.WaitForRoomAsync();
        Assert.False(room.IsCompleted);

        log.ReleaseBackPressure();
        await room;
        sender.Release();
        await log.DisposeAsync();
    }

    [Fact]
    public async Task Retries_that_are_bounded_end_in_a_counted_loss()
    {
        RemoteLog log = Log(new FakeSender { Broken = true }, new RemoteLogOptions { Async = true, MaxRetries = 2, Retry = TimeSpan.FromMilliseconds(1) });
        Write(log, "a\n");
        for (int i = 0; i < 500 && log.LostMessages == 0; i++)
        {
            await Task.Delay(10);
        }

        Assert.Equal(1, log.LostMessages);
        await log.DisposeAsync();
    }

    private static RemoteLog Log(ILogSender sender, RemoteLogOptions? options = null) => new("fake", new string('a', 64), sender, options ?? new RemoteLogOptions(), null);

    private static void Write(RemoteLog log, string text, OutputStream stream = OutputStream.Stdout) =>
        log.Write(new LogMessage(stream, DateTimeOffset.UnixEpoch, Encoding.UTF8.GetBytes(text)));

    private sealed class FakeSender : ILogSender
    {
        private TaskCompletionSource _held = new();

        public FakeSender() => _held.SetResult();

        public bool Broken { get; init; }

        public bool BreakNext { get; set; }

        public List<RemoteEntry> Taken { get; } = [];

        public IEnumerable<string> Lines => Taken.Select(entry => Encoding.UTF8.GetString(entry.Data));

        public void Hold() => _held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Release() => _held.SetResult();

        public Task ConnectAsync(CancellationToken cancelled) => Broken ? throw new IOException("dial tcp 127.0.0.1:1: connection refused") : Task.CompletedTask;

        public async Task<int> SendAsync(IReadOnlyList<RemoteEntry> entries, CancellationToken cancelled)
        {
            await _held.Task.WaitAsync(cancelled);
            if (BreakNext)
            {
                BreakNext = false;
                throw new IOException("broken pipe");
            }

            Taken.AddRange(entries);
            return 0;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
