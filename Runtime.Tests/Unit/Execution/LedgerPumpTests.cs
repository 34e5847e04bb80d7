using System.Text;
using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Execution;
using Rtd.Daemon.Logging;
using Rtd.Protocol.Syscalls;

namespace Rtd.Tests.Unit.Execution;

/// <summary>A daemon that is killed at any step of dealing with output: the next one loses nothing and doubles nothing.</summary>
public sealed class LedgerPumpTests
{
    public enum Kill
    {
        BeforeTheLog,
        BeforeTheCommit,
        AfterTheCommit,
    }

    [Theory]
    [InlineData(Kill.BeforeTheLog)]
    [InlineData(Kill.BeforeTheCommit)]
    [InlineData(Kill.AfterTheCommit)]
    public async Task Nothing_is_lost_or_doubled(Kill kill)
    {
        (SafeFileHandle output, SafeFileHandle input) = Libc.pipe2(0);
        (SafeFileHandle handRead, SafeFileHandle handWrite) = Libc.pipe2(0);
        string handPath = $"/proc/self/fd/{handRead.Fd()}";
        using OutputLedger ledger = OutputLedger.Create(default);
        List<string> log = [];
        Libc.write_all(input.Fd(), Encoding.ASCII.GetBytes("one\ntwo\nthr"), "test");

        // The first daemon: its fds go with it, the pipes stay.
        Sink first = new(ledger, log, kill);
        LedgerPump dying = new(Register(Duplicate(output)), Libc.open(handPath, Libc.O_RDWR | Libc.O_NONBLOCK), OutputStream.Stdout, first, ledger, terminal: false);
        await Assert.ThrowsAsync<InvalidOperationException>(dying.RunAsync);
        dying.Dispose();

        Libc.write_all(input.Fd(), Encoding.ASCII.GetBytes("ee\nfour"), "test");
        input.Dispose();
        log.RemoveRange((int)ledger.Log.Offset, log.Count - (int)ledger.Log.Offset);
        Sink second = new(ledger, log, null) { Rest = Encoding.ASCII.GetString(ledger.RestOf(OutputStream.Stdout)) };
        using LedgerPump next = new(Register(Duplicate(output)), Libc.open(handPath, Libc.O_RDWR | Libc.O_NONBLOCK), OutputStream.Stdout, second, ledger, terminal: false);
        await next.ResumeAsync();
        await next.RunAsync();

        Assert.Equal(["one", "two", "three"], log);
        Assert.Equal("four", Encoding.ASCII.GetString(ledger.RestOf(OutputStream.Stdout)));
        Assert.Equal(0, Libc.bytes_available(handRead.Fd()));
        handRead.Dispose();
        handWrite.Dispose();
        output.Dispose();
    }

    [Fact]
    public void Streams_keep_their_own_rests_over_commits_of_the_other()
    {
        using OutputLedger ledger = OutputLedger.Create(new LogEnd(7, 100));
        ledger.Prepare(OutputStream.Stdout, 5, 8);
        ledger.Commit(OutputStream.Stdout, "rest of out"u8, new LogEnd(7, 200));
        ledger.Prepare(OutputStream.Stderr, 1, 1);
        ledger.Commit(OutputStream.Stderr, "rest of err"u8, new LogEnd(7, 300));

        using OutputLedger reopened = OutputLedger.Open(Duplicate(ledger.File));
        Assert.Equal(new LogEnd(7, 300), reopened.Log);
        Assert.Equal("rest of out"u8.ToArray(), reopened.RestOf(OutputStream.Stdout));
        Assert.Equal("rest of err"u8.ToArray(), reopened.RestOf(OutputStream.Stderr));
        Assert.Equal((5, 8), (reopened.StateOf(OutputStream.Stdout).Done, reopened.StateOf(OutputStream.Stdout).InHand));
        reopened.TakeInHand(OutputStream.Stdout);
        Assert.Equal(0, ledger.StateOf(OutputStream.Stdout).Done);
    }

    private static SafeFileHandle Duplicate(SafeFileHandle fd) => Libc.Own(Libc.fcntl(fd.Fd(), Libc.F_DUPFD_CLOEXEC));

    private static IoSource Register(SafeFileHandle fd)
    {
        Libc.fcntl(fd.Fd(), Libc.F_SETFL, Libc.O_NONBLOCK);
        return IoLoop.Shared.Register(fd);
    }

    /// <summary>Lines to a list, whose length stands for the log's size.</summary>
    private sealed class Sink(OutputLedger ledger, List<string> log, Kill? kill) : ILedgerSink
    {
        public string Rest { get; set; } = "";

        public OutputLedger? Ledger => ledger;

        public ValueTask WriteAsync(OutputStream stream, ReadOnlyMemory<byte> data) => WriteAsync(stream, data, DateTimeOffset.UtcNow);

        public ValueTask WriteAsync(OutputStream stream, ReadOnlyMemory<byte> data, DateTimeOffset at)
        {
            Die(Kill.BeforeTheLog);
            string[] lines = (Rest + Encoding.ASCII.GetString(data.Span)).Split('\n');
            log.AddRange(lines[..^1]);
            Rest = lines[^1];
            Die(Kill.BeforeTheCommit);
            ledger.Commit(stream, Encoding.ASCII.GetBytes(Rest), new LogEnd(1, log.Count));
            Die(Kill.AfterTheCommit);
            return ValueTask.CompletedTask;
        }

        public ValueTask CompleteAsync() => ValueTask.CompletedTask;

        private void Die(Kill here)
        {
            if (kill == here)
            {
                throw new InvalidOperationException("killed");
            }
        }
    }
}
