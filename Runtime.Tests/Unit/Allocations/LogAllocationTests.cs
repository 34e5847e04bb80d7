using System.IO.Pipelines;
using System.Text;
using Rtd.Daemon.Containers;
using Rtd.Daemon.Containers.Streams;
using Rtd.Daemon.Execution;
using Rtd.Daemon.Logging;
using Rtd.Daemon.Logging.JsonFile;
using Xunit.Abstractions;

namespace Rtd.Tests.Unit.Allocations;

/// <summary>What a line of output costs on its way into the log, to a client, and back out of the log.</summary>
[Collection(AllocationCollection.Name)]
public sealed class LogAllocationTests : IDisposable
{
    /// <summary>As many as a pipe gives at once.</summary>
    private const int Lines = 1000;

    private static readonly byte[] s_chunk = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, Lines).Select(i => $"a line of a log, number {i:0000}, with some \"quotes\" in it\n")));

    private readonly string _directory = Directory.CreateTempSubdirectory("rtd-log-").FullName;
    private readonly AllocationMeter _meter;

    public LogAllocationTests(ITestOutputHelper output) => _meter = new AllocationMeter(output);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_line_into_the_json_file()
    {
        await using JsonFileLog log = Open();
        ProcessStreams streams = new(tty: false);
        streams.SetLog(log);
        _meter.Hold("a line into json-file", repetitions: 50, Lines, budget: 0, () => Assert.True(streams.WriteAsync(OutputStream.Stdout, s_chunk).IsCompletedSuccessfully));
    }

    [Fact]
    public void A_frame_for_a_client()
    {
        PipeWriter output = PipeWriter.Create(Stream.Null);
        byte[] line = Encoding.ASCII.GetBytes("a line of a log\n");
        _meter.Hold("a frame", repetitions: 50, Lines, budget: 0, () =>
        {
            for (int i = 0; i < Lines; i++)
            {
                StreamFrame.Write(output, OutputStream.Stdout, line);
            }

            Assert.True(output.FlushAsync().IsCompletedSuccessfully);
        });
    }

    [Theory]
    [InlineData(false, 8)]
    [InlineData(true, 8)]
    public async Task A_line_read_back_and_framed(bool timestamps, long budget)
    {
        await using JsonFileLog log = Open();
        ProcessStreams streams = new(tty: false);
        streams.SetLog(log);
        const int Chunks = 20;
        for (int i = 0; i < Chunks; i++)
        {
            await streams.WriteAsync(OutputStream.Stdout, s_chunk);
        }

        PipeWriter output = PipeWriter.Create(Stream.Null);
        _meter.Hold($"a line read back{(timestamps ? " with its time" : "")}", repetitions: 5, Chunks * Lines, budget, () => Assert.True(Copy(log, new LogFormatter(false, timestamps, null), output) == Chunks * Lines));
    }

    /// <summary>A log that is all there is read without a wait.</summary>
    private static int Copy(JsonFileLog log, LogFormatter formatter, PipeWriter output)
    {
        int count = 0;
        IAsyncEnumerator<LogMessage> messages = log.ReadAsync(new LogReadOptions(true, true, false, null, null, null), CancellationToken.None).GetAsyncEnumerator();
        while (Now(messages.MoveNextAsync()))
        {
            formatter.Write(output, messages.Current);
            if (output.UnflushedBytes > 32 * 1024)
            {
                Assert.True(output.FlushAsync().IsCompletedSuccessfully);
            }

            count++;
        }

        Assert.True(messages.DisposeAsync().IsCompletedSuccessfully);
        Assert.True(output.FlushAsync().IsCompletedSuccessfully);
        return count;
    }

    private static T Now<T>(ValueTask<T> task)
    {
        Assert.True(task.IsCompletedSuccessfully);
        return task.Result;
    }

    private JsonFileLog Open() => new(Path.Combine(_directory, "c-json.log"), new JsonFileOptions(null, 1));
}
