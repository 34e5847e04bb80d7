using System.Text;
using Rtd.Daemon.Execution;
using Rtd.Daemon.Logging;
using Rtd.Daemon.Logging.JsonFile;
using Xunit;

namespace Rtd.Tests.Unit.Logging;

/// <summary>The driver on ordinary files.</summary>
public sealed class JsonFileLogTests : IDisposable
{
    private static readonly DateTimeOffset s_start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly string _directory = Directory.CreateTempSubdirectory("rtd-log-").FullName;

    private string LogFile => Path.Combine(_directory, "c-json.log");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task What_is_written_can_be_read_at_once()
    {
        await using JsonFileLog log = Open();
        Write(log, "one\n", "two\n");
        Assert.Equal("one\ntwo\n", await Text(log));
        Write(log, "three\n");
        Assert.Equal("one\ntwo\nthree\n", await Text(log));
        Assert.Equal(0, log.LostMessages);
    }

    [Fact]
    public async Task Nothing_is_made_before_the_first_message()
    {
        await using JsonFileLog log = Open();
        Assert.Equal("", await Text(log));
        Assert.Empty(Directory.GetFiles(_directory));
    }

    [Fact]
    public async Task A_flush_is_one_write_of_whole_lines()
    {
        await using JsonFileLog log = Open();
        Write(log, "one\n", "two\n");
        Assert.Equal(0, new FileInfo(LogFile).Length);
        log.Flush();
        Assert.Equal(2, File.ReadAllLines(LogFile).Length);
        Assert.EndsWith("\n", File.ReadAllText(LogFile));
    }

    [Fact]
    public async Task The_log_of_a_stopped_container_is_read_and_appended_to()
    {
        await using (JsonFileLog log = Open())
        {
            Write(log, "one\n");
        }

        await using JsonFileLog again = Open();
        Assert.Equal("one\n", await Text(again));
        Write(again, "two\n");
        Assert.Equal("one\ntwo\n", await Text(again));
    }

    [Fact]
    public async Task A_torn_last_line_is_skipped_and_then_cut_off()
    {
        await using (JsonFileLog log = Open())
        {
            Write(log, "one\n");
        }

        File.AppendAllText(LogFile, "{\"log\":\"tw");
        await using JsonFileLog again = Open();
        Assert.Equal("one\n", await Text(again));
        Assert.Equal("one\n", await Text(again, tail: 1));
        Write(again, "three\n");
        Assert.Equal("one\nthree\n", await Text(again));
        Assert.DoesNotContain("\"tw", File.ReadAllText(LogFile));
    }

    [Fact]
    public async Task Garbage_between_lines_is_skipped()
    {
        File.WriteAllText(LogFile, "{\"log\":\"a\\n\",\"stream\":\"stdout\",\"time\":\"2026-01-02T03:04:05Z\"}\n\0\0\0\nnonsense\n" +
            "{\"log\":\"b\\n\",\"stream\":\"stdout\",\"time\":\"2026-01-02T03:04:05Z\"}\n");
        await using JsonFileLog log = Open();
        Assert.Equal("a\nb\n", await Text(log));
    }

    [Fact]
    public async Task Rotation_keeps_the_last_files_within_their_size()
    {
        await using JsonFileLog log = Open(maximumSize: 1000, files: 3);
        for (int i = 0; i < 100; i++)
        {
            Write(log, $"line {i:000}\n");
        }

        log.Flush();
        Assert.Equal(["c-json.log", "c-json.log.1", "c-json.log.2"], Directory.GetFiles(_directory).Select(Path.GetFileName).Order());
        Assert.All(Directory.GetFiles(_directory), file => Assert.InRange(new FileInfo(file).Length, 1, 1000));
        string text = await Text(log);
        Assert.EndsWith("line 098\nline 099\n", text);
        int kept = text.Count(letter => letter == '\n');
        Assert.InRange(kept, 20, 99);
        Assert.Equal(string.Concat(Enumerable.Range(100 - kept, kept).Select(i => $"line {i:000}\n")), text);
    }

    [Fact]
    public async Task One_file_is_started_anew()
    {
        await using JsonFileLog log = Open(maximumSize: 1000, files: 1);
        for (int i = 0; i < 50; i++)
        {
            Write(log, $"line {i:000}\n");
        }

        log.Flush();
        Assert.Equal("c-json.log", Path.GetFileName(Assert.Single(Directory.GetFiles(_directory))));
        Assert.EndsWith("line 049\n", await Text(log));
    }

    [Fact]
    public async Task A_message_larger_than_the_limit_gets_a_file_of_its_own()
    {
        await using JsonFileLog log = Open(maximumSize: 1000, files: 3);
        string large = new string('x', 16384) + "\n";
        Write(log, "small\n", large, "small again\n");
        Assert.Equal("small\n" + large + "small again\n", await Text(log));
    }

    [Fact]
    public async Task Size_counts_over_a_restart()
    {
        for (int i = 0; i < 40; i++)
        {
            await using JsonFileLog log = Open(maximumSize: 1000, files: 2);
            Write(log, $"line {i:000}\n");
        }

        Assert.All(Directory.GetFiles(_directory), file => Assert.InRange(new FileInfo(file).Length, 1, 1000));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(7, 7)]
    [InlineData(250, 250)]
    [InlineData(10000, 3000)]
    public async Task Tail_gives_the_last_lines_over_rotated_files(int asked, int expected)
    {
        await using JsonFileLog log = Open(maximumSize: 100_000, files: 10);
        for (int i = 0; i < 3000; i++)
        {
            Write(log, $"line {i}\n");
        }

        Assert.True(File.Exists(LogFile + ".1") || Flushed(log));
        string[] lines = (await Text(log, tail: asked)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Enumerable.Range(3000 - expected, expected).Select(i => $"line {i}"), lines);
    }

    [Fact]
    public async Task Tail_counts_lines_and_not_their_parts()
    {
        await using JsonFileLog log = Open();
        Write(log, "first\n", "part ", "part ", "end\n", "back\\n", "slash\n", "open");
        Assert.Equal("open", await Text(log, tail: 1));
        Assert.Equal("back\\nslash\nopen", await Text(log, tail: 2));
        Assert.Equal("part part end\nback\\nslash\nopen", await Text(log, tail: 3));
    }

    [Fact]
    public async Task Tail_works_with_lines_longer_than_a_block()
    {
        await using JsonFileLog log = Open(maximumSize: null);
        string part = new('\u0001', 16384);
        for (int i = 0; i < 30; i++)
        {
            Write(log, part);
        }

        Write(log, "end\n", "last\n");
        Assert.Equal("last\n", await Text(log, tail: 1));
        Assert.Equal((30 * 16384) + 9, (await Text(log, tail: 2)).Length);
    }

    [Fact]
    public async Task Streams_and_times_are_selected()
    {
        await using JsonFileLog log = Open();
        log.Write(Message("a\n", OutputStream.Stdout, 0));
        log.Write(Message("b\n", OutputStream.Stderr, 1));
        log.Write(Message("c\n", OutputStream.Stdout, 2));
        Assert.Equal("a\nc\n", await Text(log, new LogReadOptions(true, false, false, null, null, null)));
        Assert.Equal("b\n", await Text(log, new LogReadOptions(false, true, false, null, null, null)));
        Assert.Equal("b\nc\n", await Text(log, new LogReadOptions(true, true, false, null, s_start.AddSeconds(1), null)));
        Assert.Equal("a\nb\n", await Text(log, new LogReadOptions(true, true, false, null, null, s_start.AddSeconds(1))));
        Assert.Equal("c\n", await Text(log, new LogReadOptions(true, false, false, 2, s_start.AddSeconds(1), null)));
    }

    [Fact]
    public async Task Messages_keep_their_stream_time_and_bytes()
    {
        await using JsonFileLog log = Open();
        LogMessage written = Message("x \"y\" <é>\t\n", OutputStream.Stderr, 0) with { Time = s_start.AddTicks(1234567) };
        log.Write(written);
        LogMessage read = Assert.Single(await All(log, new LogReadOptions(true, true, false, null, null, null)));
        Assert.Equal((written.Stream, written.Time), (read.Stream, read.Time));
        Assert.Equal(written.Data.ToArray(), read.Data.ToArray());
    }

    [Fact]
    public async Task Follow_sees_everything_through_rotation_until_the_log_is_closed()
    {
        JsonFileLog log = Open(maximumSize: 20_000, files: 400);
        Task<List<LogMessage>> early = Task.Run(() => All(log, new LogReadOptions(true, true, true, null, null, null)));
        for (int i = 0; i < 20_000; i++)
        {
            log.Write(Message($"line {i}\n", OutputStream.Stdout, 0));
            if (i % 100 == 0)
            {
                log.Flush();
                await Task.Yield();
            }
        }

        Task<List<LogMessage>> late = Task.Run(() => All(log, new LogReadOptions(true, true, true, null, null, null)));
        await log.DisposeAsync();
        string[] expected = Enumerable.Range(0, 20_000).Select(i => $"line {i}\n").ToArray();
        Assert.Equal(expected, (await early).Select(Decode));
        Assert.Equal(expected, (await late).Select(Decode));
    }

    [Fact]
    public async Task Follow_waits_for_the_first_message()
    {
        JsonFileLog log = Open();
        await using IAsyncEnumerator<LogMessage> reader = log.ReadAsync(new LogReadOptions(true, true, true, 0, null, null), default).GetAsyncEnumerator();
        ValueTask<bool> first = reader.MoveNextAsync();
        Assert.False(first.IsCompleted);
        Write(log, "hello\n");
        log.Flush();
        Assert.True(await first);
        Assert.Equal("hello\n", Decode(reader.Current));
        ValueTask<bool> second = reader.MoveNextAsync();
        Assert.False(second.IsCompleted);
        await log.DisposeAsync();
        Assert.False(await second);
    }

    [Fact]
    public async Task Follow_with_tail_goes_on_from_there()
    {
        JsonFileLog log = Open();
        Write(log, "one\n", "two\n", "three\n");
        log.Flush();
        await using IAsyncEnumerator<LogMessage> reader = log.ReadAsync(new LogReadOptions(true, true, true, 1, null, null), default).GetAsyncEnumerator();
        Assert.True(await reader.MoveNextAsync());
        Assert.Equal("three\n", Decode(reader.Current));
        Write(log, "four\n");
        await log.DisposeAsync();
        Assert.True(await reader.MoveNextAsync());
        Assert.Equal("four\n", Decode(reader.Current));
        Assert.False(await reader.MoveNextAsync());
    }

    [Fact]
    public async Task A_follower_that_rotation_overtook_goes_on_with_what_is_there()
    {
        JsonFileLog log = Open(maximumSize: 1000, files: 2);
        Write(log, "start\n");
        log.Flush();
        await using IAsyncEnumerator<LogMessage> reader = log.ReadAsync(new LogReadOptions(true, true, true, null, null, null), default).GetAsyncEnumerator();
        Assert.True(await reader.MoveNextAsync());
        for (int i = 0; i < 200; i++)
        {
            Write(log, $"line {i:000}\n");
        }

        await log.DisposeAsync();
        List<string> seen = [];
        while (await reader.MoveNextAsync())
        {
            seen.Add(Decode(reader.Current));
        }

        Assert.Equal("line 199\n", seen[^1]);
        Assert.Equal(seen.Order().Distinct(), seen);
        Assert.True(seen.Count < 200);
    }

    [Fact]
    public async Task Follow_ends_by_cancellation_and_at_until()
    {
        await using JsonFileLog log = Open();
        using CancellationTokenSource cancellation = new();
        Task<List<LogMessage>> cancelled = All(log, new LogReadOptions(true, true, true, null, null, null), cancellation.Token);
        cancellation.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);

        Write(log, "one\n");
        Assert.Single(await All(log, new LogReadOptions(true, true, true, null, null, DateTimeOffset.UtcNow.AddMilliseconds(20))));
    }

    [Fact]
    public async Task Writers_of_both_streams_and_readers_do_not_disturb_each_other()
    {
        JsonFileLog log = Open(maximumSize: 50_000, files: 1000);
        Task<List<LogMessage>> follower = Task.Run(() => All(log, new LogReadOptions(true, true, true, null, null, null)));
        Task Writer(OutputStream stream) => Task.Run(() =>
        {
            for (int i = 0; i < 10_000; i++)
            {
                log.Write(Message($"{stream} {i}\n", stream, 0));
                if (i % 37 == 0)
                {
                    log.Flush();
                }
            }
        });
        Task reader = Task.Run(async () =>
        {
            for (int i = 0; i < 30; i++)
            {
                await Text(log, tail: 100);
            }
        });
        await Task.WhenAll(Writer(OutputStream.Stdout), Writer(OutputStream.Stderr), reader);
        await log.DisposeAsync();
        List<LogMessage> all = await follower;
        Assert.Equal(20_000, all.Count);
        foreach (OutputStream stream in (ReadOnlySpan<OutputStream>)[OutputStream.Stdout, OutputStream.Stderr])
        {
            Assert.Equal(Enumerable.Range(0, 10_000).Select(i => $"{stream} {i}\n"), all.Where(message => message.Stream == stream).Select(Decode));
        }
    }

    [Fact]
    public async Task A_full_disk_loses_messages_and_counts_them()
    {
        await using JsonFileLog log = new("/dev/full", new JsonFileOptions(null, 1));
        Write(log, "one\n", "two\n");
        log.Flush();
        Assert.Equal(2, log.LostMessages);
        Assert.Contains("no space left on device", log.LastError);
    }

    [Fact]
    public async Task A_missing_directory_loses_messages_and_counts_them()
    {
        await using JsonFileLog log = new(Path.Combine(_directory, "no", "c-json.log"), new JsonFileOptions(1000, 2));
        Write(log, "one\n");
        log.Flush();
        Assert.Equal(1, log.LostMessages);
        Assert.Contains("no such file or directory", log.LastError);
    }

    [Fact]
    public async Task A_closed_log_takes_nothing_more()
    {
        JsonFileLog log = Open();
        await log.DisposeAsync();
        Write(log, "late\n");
        log.Flush();
        Assert.Equal(1, log.LostMessages);
        Assert.False(File.Exists(LogFile));
    }

    private static bool Flushed(JsonFileLog log)
    {
        log.Flush();
        return File.Exists(log.Path + ".1");
    }

    private static LogMessage Message(string text, OutputStream stream, int second) => new(stream, s_start.AddSeconds(second), Encoding.UTF8.GetBytes(text));

    private static void Write(JsonFileLog log, params string[] texts)
    {
        foreach (string text in texts)
        {
            log.Write(Message(text, OutputStream.Stdout, 0));
        }
    }

    private static string Decode(LogMessage message) => Encoding.UTF8.GetString(message.Data.Span);

    private static Task<string> Text(JsonFileLog log, long? tail = null) => Text(log, new LogReadOptions(true, true, false, tail, null, null));

    private static async Task<string> Text(JsonFileLog log, LogReadOptions options) => string.Concat((await All(log, options)).Select(Decode));

    private static async Task<List<LogMessage>> All(JsonFileLog log, LogReadOptions options, CancellationToken cancellation = default)
    {
        List<LogMessage> messages = [];
        await foreach (LogMessage message in log.ReadAsync(options, cancellation))
        {
            messages.Add(message with { Data = message.Data.ToArray() });
        }

        return messages;
    }

    private JsonFileLog Open(long? maximumSize = 10_000_000, int files = 3) => new(LogFile, new JsonFileOptions(maximumSize, files));
}
