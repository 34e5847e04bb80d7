using Rtd.Daemon.Errors;
using Rtd.Daemon.Startup;
using Xunit;

namespace Rtd.Tests.Integration.Startup;

public sealed class DaemonDirectoriesTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("rtd-directories-").FullName;

    private string DataRoot => Path.Combine(_directory, "deep", "data");

    private string ExecRoot => Path.Combine(_directory, "deep", "run");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void New_directories_have_their_modes()
    {
        DaemonDirectories.Make(DataRoot, ExecRoot);

        Assert.Equal(("710", "711"), (Mode(DataRoot), Mode(ExecRoot)));
    }

    [Fact]
    public void Directory_with_foreign_files_keeps_its_mode()
    {
        Directory.CreateDirectory(DataRoot);
        File.SetUnixFileMode(DataRoot, (UnixFileMode)0x1FF);
        File.WriteAllText(Path.Combine(DataRoot, "someone's"), "");

        DaemonDirectories.Make(DataRoot, ExecRoot);

        Assert.Equal("777", Mode(DataRoot));
    }

    [Fact]
    public void Two_daemons_cannot_share_a_directory()
    {
        string other = Path.Combine(_directory, "other");
        DaemonDirectories.Make(DataRoot, ExecRoot);
        DaemonDirectories.Make(other, other);
        using (DaemonDirectories.Hold(DataRoot, ExecRoot))
        {
            Assert.Equal($"data root {DataRoot} is in use by another rtd", Assert.Throws<EngineException>(() => DaemonDirectories.Hold(DataRoot, other)).Message);
            Assert.Equal($"exec root {ExecRoot} is in use by another rtd", Assert.Throws<EngineException>(() => DaemonDirectories.Hold(other, ExecRoot)).Message);
        }

        // The failed attempts let go of what they had got.
        DaemonDirectories.Hold(DataRoot, ExecRoot).Dispose();
        DaemonDirectories.Hold(other, ExecRoot).Dispose();
    }

    private static string Mode(string path) => Convert.ToString((int)File.GetUnixFileMode(path), 8);
}
