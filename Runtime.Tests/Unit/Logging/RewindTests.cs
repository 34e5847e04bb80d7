using System.Text;
using Rtd.Daemon.Execution;
using Rtd.Daemon.Logging;
using Rtd.Daemon.Logging.JsonFile;

namespace Rtd.Tests.Unit.Logging;

public sealed class RewindTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("rtd-rewind");

    private string LogFile => Path.Combine(_directory.FullName, "log");

    [Theory]
    [InlineData(1, false)]
    [InlineData(40, false)]
    [InlineData(40, true)]
    public async Task What_came_after_is_gone_also_over_rotations(int after, bool compress)
    {
        JsonFileOptions options = new(1000, 50) { Compress = compress };
        JsonFileLog log = new(LogFile, options);
        Write(log, "kept", 3);
        LogEnd end = log.Position;
        Write(log, "taken back", after);
        await log.DisposeAsync();

        JsonFileLog next = new(LogFile, options);
        next.Rewind(end);
        Write(next, "new", 1);
        await next.DisposeAsync();

        string all = string.Concat(Directory.GetFiles(_directory.FullName).Select(File.ReadAllText));
        Assert.DoesNotContain("taken back", all, StringComparison.Ordinal);
        Assert.Equal(3, all.Split("kept").Length - 1);
        Assert.Equal(1, all.Split("new").Length - 1);
    }

    [Fact]
    public async Task Rotated_files_are_compressed_when_nothing_is_taken_back_any_more()
    {
        JsonFileLog log = new(LogFile, new JsonFileOptions(1000, 50) { Compress = true });
        Write(log, "line", 40);
        Assert.Empty(Directory.GetFiles(_directory.FullName, "*.gz"));
        int rotated = Directory.GetFiles(_directory.FullName).Length - 1;
        log.Settle();
        Assert.Equal(rotated, Directory.GetFiles(_directory.FullName, "*.gz").Length);
        Assert.Equal([LogFile], Directory.GetFiles(_directory.FullName).Where(file => !file.EndsWith(".gz", StringComparison.Ordinal)));
        Write(log, "line", 40);
        log.Settle();
        int read = 0;
        await foreach (LogMessage message in log.ReadAsync(new LogReadOptions(true, true, false, null, null, null), CancellationToken.None))
        {
            Assert.Equal("line\n", Encoding.ASCII.GetString(message.Data.Span));
            read++;
        }

        Assert.Equal(80, read);
        await log.DisposeAsync();
    }

    [Fact]
    public async Task Log_that_was_not_there_is_empty_again()
    {
        JsonFileLog log = new(LogFile, new JsonFileOptions(null, 1));
        LogEnd end = log.Position;
        Assert.False(File.Exists(LogFile));
        Write(log, "taken back", 2);
        await log.DisposeAsync();

        JsonFileLog next = new(LogFile, new JsonFileOptions(null, 1));
        next.Rewind(end);
        Assert.Equal(0, next.Position.Offset);
        await next.DisposeAsync();
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private static void Write(JsonFileLog log, string text, int times)
    {
        for (int i = 0; i < times; i++)
        {
            log.Write(new LogMessage(OutputStream.Stdout, DateTimeOffset.UtcNow, Encoding.ASCII.GetBytes(text + "\n")));
            log.Flush();
        }
    }
}
