using System.Text;
using Rtd.Daemon.Containers.Streams;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Execution;
using Rtd.Daemon.Logging;

namespace Rtd.Tests.Unit.Containers;

public sealed class StreamTests
{
    [Theory]
    [InlineData("ab\ncd\n", "ab\n|cd\n")]
    [InlineData("ab|\nc|d\n", "ab\n|cd\n")]
    [InlineData("\n\n", "\n|\n")]
    [InlineData("tail", "tail")]
    [InlineData("a\nta|il", "a\n|tail")]
    public void Lines_are_cut_wherever_the_chunks_end(string chunks, string messages)
    {
        RecordingLog log = new();
        LineSplitter splitter = new(OutputStream.Stdout);
        foreach (string chunk in chunks.Split('|'))
        {
            splitter.Split(Encoding.ASCII.GetBytes(chunk), DateTimeOffset.UnixEpoch, log);
        }

        splitter.Flush(DateTimeOffset.UnixEpoch, log);
        Assert.Equal(messages, string.Join('|', log.Texts));
    }

    [Fact]
    public void Long_line_is_parted_at_16_kib_with_the_time_of_its_first_part()
    {
        RecordingLog log = new();
        LineSplitter splitter = new(OutputStream.Stderr);
        DateTimeOffset first = DateTimeOffset.UnixEpoch;
        splitter.Split(new byte[10_000], first, log);
        splitter.Split(new byte[30_000], first.AddSeconds(1), log);
        splitter.Split("x\n"u8.ToArray(), first.AddSeconds(2), log);
        Assert.Equal([16384, 16384, 40_000 - 32768 + 2], log.Messages.Select(message => message.Data.Length));
        Assert.Equal(first, log.Messages[0].Time);
        Assert.Equal(OutputStream.Stderr, log.Messages[0].Stream);
        Assert.Equal((byte)'\n', log.Messages[2].Data.Span[^1]);
    }

    [Fact]
    public void Line_of_exactly_16_kib_is_whole()
    {
        RecordingLog log = new();
        new LineSplitter(OutputStream.Stdout).Split(Encoding.ASCII.GetBytes(new string('a', 16384) + "\n"), DateTimeOffset.UnixEpoch, log);
        Assert.Equal([16385], log.Messages.Select(message => message.Data.Length));
    }

    [Theory]
    [InlineData(null, "abc", "abc", false)]
    [InlineData(null, "a\u0010b", "a\u0010b", false)]
    [InlineData(null, "a\u0010\u0011b", "a", true)]
    [InlineData(null, "\u0010\u0010\u0011", "\u0010", true)]
    [InlineData("a", "xya", "xy", true)]
    [InlineData("a,b,a,c", "ababac", "ab", true)]
    [InlineData("ctrl-a,@", "\u0001x\u0001@z", "\u0001x", true)]
    public void Detach_keys_are_found_in_what_is_typed(string? keys, string typed, string passed, bool detaches)
    {
        DetachKeys scanner = DetachKeys.Parse(keys);
        List<byte> output = [];
        bool found = false;
        foreach (byte key in Encoding.ASCII.GetBytes(typed)) // byte by byte, as from a keyboard
        {
            found = found || scanner.Scan([key], output);
        }

        Assert.Equal((passed, detaches), (Encoding.ASCII.GetString([.. output]), found));
    }

    [Theory]
    [InlineData("ctrl-")]
    [InlineData("ctrl-pq")]
    [InlineData("a,,b")]
    [InlineData("ab")]
    public void Detach_keys_are_refused(string keys) =>
        Assert.Equal($"Invalid detach keys ({keys}) provided", Assert.Throws<EngineException>(() => DetachKeys.Parse(keys)).Message);

    [Fact]
    public async Task Client_that_does_not_read_makes_the_process_wait_and_loses_nothing()
    {
        ProcessStreams streams = new(tty: true);
        AttachedClient client = streams.Attach(stdout: true, stderr: true);
        byte[] chunk = new byte[64 * 1024];
        Task filling = Task.CompletedTask;
        int chunks = 0;
        while (filling.IsCompleted)
        {
            Assert.True(chunks < 64, "the pipe has no bound");
            filling = streams.WriteAsync(OutputStream.Stdout, chunk).AsTask();
            chunks++;
        }

        Collector connection = new();
        Task copying = client.CopyToAsync(connection.Writer, CancellationToken.None);
        await filling.WaitAsync(Fakes.ContainerHost.Patience);
        await streams.EndAsync();
        await copying.WaitAsync(Fakes.ContainerHost.Patience);
        Assert.Equal(chunks * chunk.Length, await connection.LengthAsync());
    }

    [Fact]
    public async Task Client_that_vanishes_releases_the_process()
    {
        ProcessStreams streams = new(tty: true);
        AttachedClient client = streams.Attach(stdout: true, stderr: true);
        Task filling = Task.CompletedTask;
        while (filling.IsCompleted)
        {
            filling = streams.WriteAsync(OutputStream.Stdout, new byte[64 * 1024]).AsTask();
        }

        streams.Detach(client);
        await filling.WaitAsync(Fakes.ContainerHost.Patience);
        Assert.True(streams.WriteAsync(OutputStream.Stdout, new byte[4 << 20]).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Output_of_a_dead_process_waits_for_nobody()
    {
        ProcessStreams streams = new(tty: true);
        AttachedClient client = streams.Attach(stdout: true, stderr: true);
        Fakes.FakeProcess process = new(streams, []);
        streams.SetProcess(process);
        Task filling = Task.CompletedTask;
        int chunks = 0;
        while (filling.IsCompleted)
        {
            filling = process.PrintAsync(new byte[64 * 1024]).AsTask();
            chunks++;
        }

        process.Exit(0);
        await filling.WaitAsync(Fakes.ContainerHost.Patience);
        await process.PrintAsync("last words").AsTask().WaitAsync(Fakes.ContainerHost.Patience);
        await streams.EndAsync().WaitAsync(Fakes.ContainerHost.Patience);

        Collector connection = new();
        await client.CopyToAsync(connection.Writer, CancellationToken.None).WaitAsync(Fakes.ContainerHost.Patience);
        Assert.Equal((chunks * 64 * 1024) + "last words".Length, await connection.LengthAsync());
    }

    [Fact]
    public async Task Frames_carry_stream_and_length()
    {
        ProcessStreams streams = new(tty: false);
        AttachedClient client = streams.Attach(stdout: true, stderr: true);
        await streams.WriteAsync(OutputStream.Stdout, "out"u8.ToArray());
        await streams.WriteAsync(OutputStream.Stderr, "err!"u8.ToArray());
        await streams.EndAsync();
        Collector connection = new();
        await client.CopyToAsync(connection.Writer, CancellationToken.None);
        Assert.Equal("\u0001\0\0\0\0\0\0\u0003out\u0002\0\0\0\0\0\0\u0004err!", Encoding.ASCII.GetString(await connection.ToArrayAsync()));
    }

    [Fact]
    public async Task Client_gets_only_the_streams_it_asked_for()
    {
        ProcessStreams streams = new(tty: false);
        AttachedClient client = streams.Attach(stdout: false, stderr: true);
        await streams.WriteAsync(OutputStream.Stdout, "out"u8.ToArray());
        await streams.EndAsync();
        Collector connection = new();
        await client.CopyToAsync(connection.Writer, CancellationToken.None);
        Assert.Equal(0, await connection.LengthAsync());
    }

    [Fact]
    public async Task Attach_point_divides_log_and_live_output()
    {
        RecordingLog log = new();
        ProcessStreams streams = new(tty: false);
        streams.SetLog(log);
        await streams.WriteAsync(OutputStream.Stdout, "logged\nunfin"u8.ToArray());
        AttachedClient client = streams.Attach(stdout: true, stderr: true, raw: false, out AttachPoint point);
        await streams.WriteAsync(OutputStream.Stdout, "ished\n"u8.ToArray());
        await streams.CompleteAsync();
        await streams.EndAsync();

        Assert.Equal("unfin", Encoding.ASCII.GetString(point.Stdout));
        Assert.Equal(["logged\n", "unfinished\n"], log.Texts);
        Assert.True(log.Messages[0].Time < point.Time);
        Collector connection = new();
        await client.CopyToAsync(connection.Writer, CancellationToken.None);
        Assert.EndsWith("ished\n", Encoding.ASCII.GetString(await connection.ToArrayAsync()), StringComparison.Ordinal);
    }

    private sealed class Collector
    {
        private readonly System.IO.Pipelines.Pipe _pipe = new(new System.IO.Pipelines.PipeOptions(pauseWriterThreshold: 0));

        public System.IO.Pipelines.PipeWriter Writer => _pipe.Writer;

        public async Task<long> LengthAsync() => (await ToArrayAsync()).Length;

        public async Task<byte[]> ToArrayAsync()
        {
            await _pipe.Writer.CompleteAsync();
            using MemoryStream all = new();
            await _pipe.Reader.CopyToAsync(all);
            return all.ToArray();
        }
    }

    private sealed class RecordingLog : ILogDriver
    {
        public List<LogMessage> Messages { get; } = [];

        public IEnumerable<string> Texts => Messages.Select(message => Encoding.ASCII.GetString(message.Data.Span));

        public string Name => "recording";

        public bool CanRead => false;

        public void Write(LogMessage message) => Messages.Add(message with { Data = message.Data.ToArray() });

        public void Flush()
        {
            // Nothing is held back.
        }

        public IAsyncEnumerable<LogMessage> ReadAsync(LogReadOptions options, CancellationToken cancellation) => throw new NotSupportedException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
