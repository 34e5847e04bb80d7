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
    [InlineData(1)]
    [InlineData(40)]
    public async Task What_came_after_is_gone_also_over_rotations(int after)
    {
        JsonFileLog log = new(LogFile, new JsonFileOptions(1000, 50));
        Write(log, "kept", 3);
        LogEnd end = log.Position;
        Write(log, "taken back", after);
        await log.DisposeAsync();

        JsonFileLog next = new(LogFile, new JsonFileOptions(1000, 50));
        next.Rewind(end);
        Write(next, "new", 1);
        await next.DisposeAsync();

        string all = string.Concat(Directory.GetFiles(_directory.FullName).Select(File.ReadAllText));
        Assert.DoesNotContain("taken back", all, StringComparison.Ordinal);
        Assert.Equal(3, all.Split("kept").Length - 1);
        Assert.Equal(1, all.Split("new").Length - 1);
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
