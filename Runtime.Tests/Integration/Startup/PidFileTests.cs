using Rtd.Daemon.Errors;
using Rtd.Daemon.Startup;
using Xunit;

namespace Rtd.Tests.Integration.Startup;

public sealed class PidFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("rtd-pidfile-").FullName;

    private string Path => System.IO.Path.Combine(_directory, "run", "rtd.pid");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void File_holds_the_number_and_goes_with_the_daemon()
    {
        using (PidFile.Create(Path))
        {
            Assert.Equal($"{Environment.ProcessId}", File.ReadAllText(Path));
        }

        Assert.False(File.Exists(Path));
    }

    [Fact]
    public void Second_daemon_is_told_who_holds_it_and_leaves_it_alone()
    {
        using PidFile first = PidFile.Create(Path);

        Assert.Contains($"process with PID {Environment.ProcessId} is still running", Assert.Throws<EngineException>(() => PidFile.Create(Path)).Message);
        Assert.Equal($"{Environment.ProcessId}", File.ReadAllText(Path));
    }

    /// <summary>After a crash and some time the number may be that of any process, of this one's parent for one.</summary>
    [Theory]
    [InlineData("1")]
    [InlineData("4194305")]
    [InlineData("not a number")]
    [InlineData("123456789012345678901234567890123456789")]
    public void Number_that_nobody_holds_is_stale(string left)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        File.WriteAllText(Path, left);

        using PidFile taken = PidFile.Create(Path);

        Assert.Equal($"{Environment.ProcessId}", File.ReadAllText(Path));
    }
}
