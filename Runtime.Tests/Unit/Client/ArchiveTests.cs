using Xunit;

namespace Rtd.Tests.Unit.Client;

/// <summary>commit, diff, export, save: what is asked, what is written, and what is left when it fails.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class ArchiveTests : IDisposable
{
    private readonly ClientDirectory _user = new();

    public void Dispose() => _user.Dispose();

    [Theory]
    [InlineData("/v1.51/commit?container=c", "c")]
    [InlineData("/v1.51/commit?container=c&repo=docker.io%2Flibrary%2Fr&tag=latest", "c", "r")]
    [InlineData("/v1.51/commit?container=c&repo=r.example%2Fx&tag=1&comment=msg&author=me&changes=CMD%20x&changes=USER%20u&pause=0", "-a", "me", "-m", "msg", "-p=false", "-c", "CMD x", "-c", "USER u", "c", "r.example/x:1")]
    public void Commit_asks_for_an_image(string path, params string[] arguments)
    {
        using ScriptedDaemon daemon = new(_ => ScriptedDaemon.Json("""{"Id":"sha256:abc"}""", 201));

        Assert.Equal(new ClientRun(0, "sha256:abc\n", ""), ClientRun.Against(daemon, ["commit", .. arguments]));
        Assert.Equal(path, daemon.Requests.Single().Path);
    }

    [Theory]
    [InlineData("invalid reference format: repository name (library/X) must be lowercase", "X")]
    [InlineData("refusing to create a tag with a digest reference", "r@sha256:0000000000000000000000000000000000000000000000000000000000000000")]
    public void Commit_refuses_bad_names(string message, string name)
    {
        using ScriptedDaemon daemon = new(_ => ScriptedDaemon.Json("{}"));

        Assert.Equal(new ClientRun(1, "", message + "\n"), ClientRun.Against(daemon, "commit", "c", name));
        Assert.Empty(daemon.Requests);
    }

    [Fact]
    public void Diff_shows_a_letter_and_a_path()
    {
        using ScriptedDaemon daemon = new(_ => ScriptedDaemon.Json("""[{"Path":"/a","Kind":0},{"Path":"/b c","Kind":1},{"Path":"/d","Kind":2}]"""));

        Assert.Equal(new ClientRun(0, "C /a\nA /b c\nD /d\n", ""), ClientRun.Against(daemon, "diff", "c"));
        Assert.Equal("/v1.51/containers/c/changes", daemon.Requests.Single().Path);
    }

    [Theory]
    [InlineData("export", "/v1.51/containers/x/export")]
    [InlineData("save", "/v1.51/images/get?names=x")]
    public void Archives_go_to_files(string verb, string path)
    {
        using ScriptedDaemon daemon = new(_ => ScriptedDaemon.Raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\nbytes\r\n0\r\n\r\n"));
        string file = _user.Path("out.tar");
        File.WriteAllText(file, "before");

        Assert.Equal(new ClientRun(0, "", ""), ClientRun.Against(daemon, verb, "-o", file, "x"));
        Assert.Equal(path, daemon.Requests.Single().Path);
        Assert.Equal("bytes", File.ReadAllText(file));
        Assert.Equal([file], Directory.GetFiles(_user.Root));
    }

    [Fact]
    public void An_archive_that_breaks_off_leaves_the_file_as_it_was()
    {
        using ScriptedDaemon daemon = new(_ => ScriptedDaemon.Raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\nby"));
        string file = _user.Path("out.tar");
        File.WriteAllText(file, "before");

        Assert.Equal(1, ClientRun.Against(daemon, "save", "-o", file, "x").ExitCode);
        Assert.Equal("before", File.ReadAllText(file));
        Assert.Equal([file], Directory.GetFiles(_user.Root));
    }

    [Theory]
    [InlineData("save", "failed to save image: cannot write to a character device file", "/dev/null")]
    [InlineData("save", "failed to save image: cannot write to a directory", "/tmp")]
    [InlineData("save", "failed to save image: invalid output path: stat /nonexistent: no such file or directory", "/nonexistent/x")]
    [InlineData("export", "failed to export container: cannot write to a directory", "/tmp")]
    public void Paths_are_checked_before_the_daemon_is_asked(string verb, string message, string path)
    {
        using ScriptedDaemon daemon = new(_ => ScriptedDaemon.Json("{}"));

        Assert.Equal(new ClientRun(1, "", message + "\n"), ClientRun.Against(daemon, verb, "-o", path, "x"));
        Assert.Empty(daemon.Requests);
    }

    [Fact]
    public void A_device_is_written_to_and_not_replaced()
    {
        using ScriptedDaemon daemon = new(_ => ScriptedDaemon.Raw("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nbytes"));
        string link = _user.Path("null");
        File.CreateSymbolicLink(link, "/dev/null");

        Assert.Equal(new ClientRun(0, "", ""), ClientRun.Against(daemon, "export", "-o", link, "x"));
        Assert.Equal("/dev/null", new FileInfo(link).LinkTarget);
    }
}
