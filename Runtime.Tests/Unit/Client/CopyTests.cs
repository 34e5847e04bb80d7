using System.Formats.Tar;
using System.Text;
using Rtd.Client;
using Rtd.Client.Containers.Copy;

namespace Rtd.Tests.Unit.Client;

/// <summary>How cp reads its arguments, and what it makes of an archive that nobody should trust.</summary>
public sealed class CopyTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("rtctl-copy-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("web:/x", "web", "/x")]
    [InlineData("web:x", "web", "x")]
    [InlineData("/a:b", null, "/a:b")]
    [InlineData("./a:b", null, "./a:b")]
    [InlineData("a", null, "a")]
    [InlineData("-", null, "-")]
    public void Places(string argument, string? container, string path) => Assert.Equal(new CopyPlace(container, path), CopyPlace.Parse(argument));

    [Theory]
    [InlineData("/a/.", true, true)]
    [InlineData(".", true, true)]
    [InlineData("/a/", false, true)]
    [InlineData("/a", false, false)]
    public void Contents_and_directories(string path, bool contents, bool directory) =>
        Assert.Equal((contents, directory), (new CopyPlace(null, path).IsContents, new CopyPlace(null, path).IsDirectory));

    [Theory]
    [InlineData("cp", "a", "b", "must specify at least one container source")]
    [InlineData("cp", "a:/x", "b:/y", "copying between containers is not supported")]
    public void Two_sides_are_needed(string verb, string source, string target, string message) =>
        Assert.Equal(new ClientRun(1, "", message + "\n"), ClientRun.Of("-H", "unix:///nonexistent", verb, source, target));

    [Fact]
    public void Tree_arrives_under_its_new_name()
    {
        Unpack(
            isContents: false,
            new PaxTarEntry(TarEntryType.Directory, "src/"),
            File("src/file", "text"),
            new PaxTarEntry(TarEntryType.HardLink, "src/hard") { LinkName = "src/file" },
            new PaxTarEntry(TarEntryType.SymbolicLink, "src/link") { LinkName = "/etc/passwd" });
        string to = Path.Combine(_root, "to");
        Assert.Equal("text", System.IO.File.ReadAllText(Path.Combine(to, "hard")));
        Assert.Equal("/etc/passwd", new FileInfo(Path.Combine(to, "link")).LinkTarget);
    }

    [Fact]
    public void Contents_have_no_root()
    {
        Directory.CreateDirectory(Path.Combine(_root, "to"));
        Unpack(isContents: true, new PaxTarEntry(TarEntryType.Directory, "./"), File("./a", "1"), File("b", "2"));
        Assert.Equal(["a", "b"], Directory.GetFiles(Path.Combine(_root, "to")).Select(path => Path.GetFileName(path)).Order());
    }

    [Theory]
    [InlineData("src/../../out")]
    [InlineData("../out")]
    public void Nothing_leads_out(string name)
    {
        Assert.Throws<ClientException>(() => Unpack(isContents: false, new PaxTarEntry(TarEntryType.Directory, "src/"), File(name, "x")));
        Assert.False(System.IO.File.Exists(Path.Combine(_root, "out")));
    }

    [Fact]
    public void Nothing_is_written_through_a_link_of_the_archive()
    {
        string outside = Path.Combine(_root, "outside");
        Directory.CreateDirectory(outside);
        Assert.Throws<ClientException>(() => Unpack(
            isContents: false,
            new PaxTarEntry(TarEntryType.Directory, "src/"),
            new PaxTarEntry(TarEntryType.SymbolicLink, "src/link") { LinkName = outside },
            File("src/link/file", "x")));
        Assert.Empty(Directory.GetFiles(outside));
    }

    [Fact]
    public void File_does_not_take_a_directorys_place()
    {
        Directory.CreateDirectory(Path.Combine(_root, "to"));
        Assert.Throws<ClientException>(() => Unpack(isContents: false, File("src", "x")));
    }

    private static PaxTarEntry File(string name, string text) => new(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)) };

    private void Unpack(bool isContents, params TarEntry[] entries)
    {
        using MemoryStream archive = new();
        using (TarWriter writer = new(archive, leaveOpen: true))
        {
            foreach (TarEntry entry in entries)
            {
                writer.WriteEntry(entry);
            }
        }

        archive.Position = 0;
        new LocalUnpack(Path.Combine(_root, "to"), isContents).Run(archive);
    }
}
