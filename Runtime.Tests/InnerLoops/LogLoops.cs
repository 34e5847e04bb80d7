using System.IO.Pipelines;
using System.Text;
using BenchmarkDotNet.Attributes;
using Rtd.Daemon.Containers;
using Rtd.Daemon.Containers.Streams;
using Rtd.Daemon.Execution;
using Rtd.Daemon.Logging;
using Rtd.Daemon.Logging.JsonFile;

namespace Rtd.Tests.InnerLoops;

/// <summary>A line of output on its way into the log, to a client, and back out of the log.</summary>
[InvocationCount(64)]
public class LogLoops : IDisposable
{
    /// <summary>As many as a pipe gives at once.</summary>
    public const int Lines = 1000;

    private const int Chunks = 20;

    public const int Logged = Chunks * Lines;

    private static readonly byte[] s_chunk = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, Lines).Select(i => $"a line of a log, number {i:0000}, with some \"quotes\" in it\n")));
    private static readonly byte[] s_line = Encoding.ASCII.GetBytes("a line of a log\n");

    private readonly string _directory = Directory.CreateTempSubdirectory("rtd-log-").FullName;
    private readonly PipeWriter _output = PipeWriter.Create(Stream.Null);
    private readonly JsonFileLog _written;
    private readonly JsonFileLog _read;
    private readonly ProcessStreams _streams;

    public LogLoops()
    {
        _written = Open("written");
        _streams = Into(_written);
        _read = Open("read");
        ProcessStreams source = Into(_read);
        for (int i = 0; i < Chunks; i++)
        {
            Now(source.WriteAsync(OutputStream.Stdout, s_chunk));
        }
    }

    [GlobalCleanup]
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _written.DisposeAsync().AsTask().Wait();
        _read.DisposeAsync().AsTask().Wait();
        Directory.Delete(_directory, recursive: true);
    }

    [Benchmark(OperationsPerInvoke = Lines, Description = "a line into json-file")]
    public void Write() => Now(_streams.WriteAsync(OutputStream.Stdout, s_chunk));

    [Benchmark(OperationsPerInvoke = Lines, Description = "a frame of it for a client")]
    public void Frame()
    {
        for (int i = 0; i < Lines; i++)
        {
            StreamFrame.Write(_output, OutputStream.Stdout, s_line);
        }

        Now(_output.FlushAsync());
    }

    [Benchmark(OperationsPerInvoke = Logged, Description = "a line read back")]
    public void Read() => Copy(timestamps: false);

    [Benchmark(OperationsPerInvoke = Logged, Description = "a line read back, with its time")]
    public void ReadWithTimes() => Copy(timestamps: true);

    /// <summary>A log that is all there is read without a wait.</summary>
    private void Copy(bool timestamps)
    {
        LogFormatter formatter = new(false, timestamps, null);
        int count = 0;
        IAsyncEnumerator<LogMessage> messages = _read.ReadAsync(new LogReadOptions(true, true, false, null, null, null), CancellationToken.None).GetAsyncEnumerator();
        while (Now(messages.MoveNextAsync()))
        {
            formatter.Write(_output, messages.Current);
            if (_output.UnflushedBytes > 32 * 1024)
            {
                Now(_output.FlushAsync());
            }

            count++;
        }

        Now(messages.DisposeAsync());
        Now(_output.FlushAsync());
        Assert.True(count == Logged);
    }

    private static T Now<T>(ValueTask<T> task)
    {
        Assert.True(task.IsCompletedSuccessfully);
        return task.Result;
    }

    private static void Now(ValueTask task) => Assert.True(task.IsCompletedSuccessfully);

    private static ProcessStreams Into(JsonFileLog log)
    {
        ProcessStreams streams = new(tty: false);
        streams.SetLog(log);
        return streams;
    }

    private JsonFileLog Open(string name) => new(Path.Combine(_directory, $"{name}-json.log"), new JsonFileOptions(null, 1));
}
