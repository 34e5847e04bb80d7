using System.Formats.Tar;
using System.Text;
using System.Text.Json;
using Rtd.Client.Builds;

namespace Rtd.Tests.Unit.Client;

/// <summary>build: what is asked and sent, and what is shown of the answer.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class BuildTests : IDisposable
{
    private const string Done = """{"stream":"Step 1/1 : FROM scratch"}{"stream":"\n"}{"stream":" ---\u003e \n"}{"aux":{"ID":"sha256:abc"}}{"stream":"Successfully built abc\n"}""";

    private readonly ClientDirectory _user = new();

    public BuildTests() => Directory.CreateDirectory(Context);

    private string Context => _user.Path("context");

    public void Dispose() => _user.Dispose();

    [Fact]
    public void Options_become_a_query()
    {
        Write("Dockerfile", "FROM scratch");
        using ScriptedDaemon daemon = Answering(Done);

        ClientRun run = _user.Run(
            daemon, "build", "-t", "a:1", "-t", "r.example/b", "--build-arg", "A=1=2", "--build-arg", "RTCTL_UNSET", "--label", "l=1", "--target", "x", "--pull", "--no-cache", "--force-rm",
            "--rm=false", "--cache-from", "c,d", "--network", "host", "--add-host", "h:1.2.3.4", "-m", "64m", "--memory-swap", "-1", "-c", "5", "--cpu-period", "6", "--cpu-quota", "7",
            "--cpuset-cpus", "0", "--cpuset-mems", "1", "--shm-size", "1m", "--ulimit", "nofile=1:2", "--security-opt", "seccomp=unconfined", "--platform", "linux/AMD64", "--cgroup-parent", "/p", Context);

        Assert.Equal("", run.Error);
        string query = Uri.UnescapeDataString(daemon.Requests.Single().Path);
        Assert.Equal(
            "/v1.51/build?dockerfile=Dockerfile&t=a:1&t=r.example/b&nocache=1&pull=1&forcerm=1&rm=0&target=x&platform=linux/amd64&buildargs={\"A\":\"1=2\",\"RTCTL_UNSET\":null}"
            + "&labels={\"l\":\"1\"}&cachefrom=[\"c\",\"d\"]&securityopt=seccomp=unconfined&extrahosts=h:1.2.3.4&networkmode=host&cgroupparent=/p&cpusetcpus=0&cpusetmems=1&cpushares=5&cpuquota=7"
            + "&cpuperiod=6&memory=67108864&memswap=-1&shmsize=1048576&ulimits=[{\"Name\":\"nofile\",\"Soft\":1,\"Hard\":2}]&version=1",
            query);
    }

    [Fact]
    public void A_directory_is_sent_without_what_is_ignored()
    {
        Write("Dockerfile", "FROM scratch");
        Write(".dockerignore", "*\n!src\nsrc/*.o\n!deep/er/kept\n");
        Write("src/a.c", "text");
        Write("src/a.o", "");
        Write("other", "");
        Write("deep/er/kept", "");
        Write("deep/er/not", "");
        File.SetUnixFileMode(Path.Combine(Context, "src/a.c"), (UnixFileMode)0x1E8); // 0750
        File.SetUnixFileMode(Path.Combine(Context, "deep"), (UnixFileMode)0x1C0);
        File.CreateSymbolicLink(Path.Combine(Context, "src/link"), "/nowhere");
        Link("src/a.c", "src/b.c");
        using ScriptedDaemon daemon = Answering(Done);

        Assert.Equal(0, _user.Run(daemon, "build", Context).ExitCode);

        List<TarEntry> entries = Entries(daemon.Requests.Single().Body);
        Assert.Equal([".dockerignore", "Dockerfile", "deep/", "deep/er/", "deep/er/kept", "src/", "src/a.c", "src/b.c", "src/link"], entries.Select(entry => entry.Name).Order(StringComparer.Ordinal));
        Assert.All(entries, entry => Assert.Equal((0, 0), (entry.Uid, entry.Gid)));
        Assert.Equal((UnixFileMode)0x1C0, entries.Single(entry => entry.Name == "deep/").Mode);
        TarEntry file = entries.Single(entry => entry.Name == "src/a.c");
        Assert.Equal(("text", (UnixFileMode)0x1E8, 0), (Text(file), file.Mode, file.ModificationTime.Millisecond));
        Assert.Equal((TarEntryType.HardLink, "src/a.c"), (entries.Single(entry => entry.Name == "src/b.c").EntryType, entries.Single(entry => entry.Name == "src/b.c").LinkName));
        Assert.Equal((TarEntryType.SymbolicLink, "/nowhere"), (entries.Single(entry => entry.Name == "src/link").EntryType, entries.Single(entry => entry.Name == "src/link").LinkName));
    }

    [Fact]
    public void A_Dockerfile_may_have_rules_of_its_own()
    {
        Write("sub/x.Dockerfile", "FROM scratch");
        Write("sub/x.Dockerfile.dockerignore", "a\nsub");
        Write(".dockerignore", "b");
        Write("a", "");
        Write("b", "");
        using ScriptedDaemon daemon = Answering(Done);

        Assert.Equal(0, _user.Run(daemon, "build", "-f", Path.Combine(Context, "sub/x.Dockerfile"), Context).ExitCode);

        Assert.Contains("dockerfile=sub%2Fx.Dockerfile", daemon.Requests.Single().Path, StringComparison.Ordinal);
        Assert.Equal([".dockerignore", "b", "sub/", "sub/x.Dockerfile"], Entries(daemon.Requests.Single().Body).Select(entry => entry.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_Dockerfile_from_elsewhere_goes_in_under_a_hidden_name()
    {
        Write("../elsewhere", "FROM scratch");
        Write(".dockerignore", "a");
        using ScriptedDaemon daemon = Answering(Done);

        Assert.Equal(0, _user.Run(daemon, "build", "-f", _user.Path("elsewhere"), Context).ExitCode);

        List<TarEntry> entries = Entries(daemon.Requests.Single().Body);
        Assert.Equal(2, entries.Count);
        TarEntry file = entries.Single(entry => entry.Name.StartsWith(".dockerfile.", StringComparison.Ordinal));
        Assert.Contains("dockerfile=" + file.Name, daemon.Requests.Single().Path, StringComparison.Ordinal);
        Assert.Equal("FROM scratch", Text(file));
        Assert.Equal($"a\n.dockerignore\n{file.Name}\n", Text(entries.Single(entry => entry.Name == ".dockerignore")));
    }

    [Theory]
    [InlineData("unable to prepare context: path \"{0}/none\" not found", "none")]
    [InlineData("unable to prepare context: unable to evaluate symlinks in Dockerfile path: lstat {0}/Dockerfile: no such file or directory", "")]
    public void Contexts_must_be_there(string message, string path)
    {
        using ScriptedDaemon daemon = Answering(Done);

        ClientRun run = _user.Run(daemon, "build", Path.Combine(Context, path));

        Assert.Equal(new ClientRun(1, "", string.Format(System.Globalization.CultureInfo.InvariantCulture, message, Context) + "\n"), run);
        Assert.Empty(daemon.Requests);
    }

    [Fact]
    public void Bad_rules_are_refused()
    {
        Write("Dockerfile", "FROM scratch");
        Write(".dockerignore", "[");

        Assert.Equal(new ClientRun(1, "", "error checking context: 'syntax error in pattern'\n"), ClientRun.Of("-H", "unix:///nonexistent", "build", Context));
    }

    [Theory]
    [InlineData("--squash is not supported", "--squash")]
    [InlineData("--ssh is not supported", "--ssh", "default")]
    [InlineData("invalid argument \"X\" for \"-t, --tag\" flag: invalid reference format: repository name (library/X) must be lowercase", "-t", "X")]
    [InlineData("invalid progress type \"fast\"", "--progress", "fast")]
    [InlineData("--progress tty: standard output is not a terminal", "--progress", "tty")]
    [InlineData("type is required for output", "-o", "dest=x")]
    [InlineData("dest is required for local exporter", "-o", "type=local")]
    [InlineData("output type \"oci\" is not supported", "-o", "type=oci")]
    [InlineData("failed to write output: cannot write to a directory", "-o", "type=tar,dest=/tmp")]
    [InlineData("secret missing: id is required", "--secret", "src=/x")]
    [InlineData("open /nonexistent: no such file or directory", "--secret", "id=a,src=/nonexistent")]
    [InlineData("secret a: environment variable RTCTL_UNSET is not set", "--secret", "id=a,env=RTCTL_UNSET")]
    public void Options_are_refused_clearly(string message, params string[] options)
    {
        Write("Dockerfile", "FROM scratch");

        ClientRun run = ClientRun.Of(["-H", "unix:///nonexistent", "build", .. options, Context]);

        Assert.NotEqual(0, run.ExitCode);
        Assert.StartsWith(message, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://example.com/x.tar.gz")]
    [InlineData("https://example.com/x.git#main:sub")]
    [InlineData("git@example.com:x.git")]
    public void Addresses_are_for_the_daemon(string address)
    {
        using ScriptedDaemon daemon = Answering(Done);

        ClientRun run = _user.Run(daemon, "build", "-f", "d", address);

        Assert.Equal(new ClientRun(0, "Step 1/1 : FROM scratch\n ---> \nSuccessfully built abc\n", ""), run);
        Assert.Equal($"/v1.51/build?dockerfile=d&remote={Uri.EscapeDataString(address)}&rm=1&version=1", daemon.Requests.Single().Path);
        Assert.Empty(daemon.Requests.Single().Body);
    }

    [Fact]
    public void Lines_are_docker_s_and_the_id_goes_to_a_file()
    {
        Write("Dockerfile", "FROM scratch");
        using ScriptedDaemon daemon = Answering(Done);

        ClientRun run = _user.Run(daemon, "build", "--iidfile", _user.Path("id"), Context);

        Assert.Matches("^Sending build context to the rtd daemon  [0-9.]+kB\nStep 1/1 : FROM scratch\n ---> \nSuccessfully built abc\n$", run.Output);
        Assert.Equal("sha256:abc", File.ReadAllText(_user.Path("id")));
    }

    [Fact]
    public void A_failure_has_the_command_s_code()
    {
        Write("Dockerfile", "FROM scratch");
        File.WriteAllText(_user.Path("id"), "old");
        using ScriptedDaemon daemon = Answering("""{"stream":"Step 1/1 : RUN exit 3\n"}{"error":"x","errorDetail":{"code":3,"message":"The command '/bin/sh -c exit 3' returned a non-zero code: 3"}}""");

        ClientRun run = _user.Run(daemon, "build", "--iidfile", _user.Path("id"), Context);

        Assert.Equal((3, "The command '/bin/sh -c exit 3' returned a non-zero code: 3\n"), (run.ExitCode, run.Error));
        Assert.False(File.Exists(_user.Path("id")));
    }

    [Fact]
    public void Quiet_builds_say_the_id_alone_or_why_not()
    {
        Write("Dockerfile", "FROM scratch");
        using ScriptedDaemon daemon = Answering("""{"stream":"sha256:abc\n"}""");
        Assert.Equal(new ClientRun(0, "sha256:abc\n", ""), _user.Run(daemon, "build", "-q", Context));
        Assert.Contains("q=1", daemon.Requests.Single().Path, StringComparison.Ordinal);

        using ScriptedDaemon failing = Answering("""{"stream":"Step 1/1 : RUN false\n"}{"error":"no","errorDetail":{"message":"no"}}""");
        Assert.Equal(new ClientRun(1, "", "Step 1/1 : RUN false\nno\n"), _user.Run(failing, "build", "-q", Context));
    }

    [Fact]
    public void Credentials_and_secrets_go_in_header_fields()
    {
        Write("Dockerfile", "FROM scratch");
        File.WriteAllText(_user.Path("secret"), "hush");
        _user.Config = """{"auths":{"r.example":{"auth":"dTpw"}}}""";
        using ScriptedDaemon daemon = Answering(Done);

        Assert.Equal(0, _user.Run(daemon, "build", "--secret", $"id=a,src={_user.Path("secret")}", "--secret", "id=b,env=PATH", Context).ExitCode);

        ScriptedRequest request = daemon.Requests.Single();
        using JsonDocument registries = JsonDocument.Parse(Field(request, "X-Registry-Config"));
        Assert.Equal("u", registries.RootElement.GetProperty("r.example").GetProperty("username").GetString());
        using JsonDocument secrets = JsonDocument.Parse(Field(request, "X-Rtd-Build-Secrets"));
        Assert.Equal("hush", Encoding.UTF8.GetString(secrets.RootElement.GetProperty("a").GetBytesFromBase64()));
        Assert.Equal(Environment.GetEnvironmentVariable("PATH"), Encoding.UTF8.GetString(secrets.RootElement.GetProperty("b").GetBytesFromBase64()));
        Assert.DoesNotContain("hush", request.Path + request.BodyText, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_of_the_result_come_from_a_container_that_never_runs()
    {
        Write("Dockerfile", "FROM scratch");
        using MemoryStream archive = new();
        using (TarWriter writer = new(archive, leaveOpen: true))
        {
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "f") { DataStream = new MemoryStream("content"u8.ToArray()) });
        }

        using ScriptedDaemon daemon = new(request => (request.Method, request.Path.Split('?')[0].Split('/')[^1]) switch
        {
            ("POST", "build") => ScriptedDaemon.Json(Done),
            ("POST", _) => ScriptedDaemon.Json("""{"Id":"c1"}""", 201),
            ("GET", _) => [.. ScriptedDaemon.Raw($"HTTP/1.1 200 OK\r\nContent-Length: {archive.Length}\r\n\r\n"), .. archive.ToArray()],
            _ => ScriptedDaemon.Raw("HTTP/1.1 204 No Content\r\n\r\n"),
        });

        ClientRun run = _user.Run(daemon, "build", "-o", _user.Path("dir"), "-o", $"type=tar,dest={_user.Path("tar")}", Context);

        Assert.Equal("", run.Error);
        Assert.Equal("content", File.ReadAllText(_user.Path("dir/f")));
        Assert.Equal(archive.ToArray(), File.ReadAllBytes(_user.Path("tar")));
        Assert.Equal("""{"Image":"sha256:abc","Cmd":["/"],"NetworkDisabled":true}""", daemon.Requests[1].BodyText);
        Assert.Equal(2, daemon.Requests.Count(request => request.Method == "DELETE" && request.Path == "/v1.51/containers/c1?force=1&v=1"));
    }

    [Fact]
    public void Standard_input_is_an_archive_or_a_Dockerfile()
    {
        using MemoryStream archive = new();
        using (TarWriter writer = new(archive, leaveOpen: true))
        {
            writer.WriteEntry(new V7TarEntry(TarEntryType.V7RegularFile, "x"));
        }

        archive.Position = 0;
        using BuildSource tar = StandardInputContext.Open(archive, "d");
        Assert.Equal("d", tar.Dockerfile);
        Assert.Equal(archive.ToArray(), DirectoryContext.ReadAll(tar.Archive!));

        using BuildSource compressed = StandardInputContext.Open(new MemoryStream([0x1F, 0x8B, 1, 2]), null);
        Assert.Equal([0x1F, 0x8B, 1, 2], DirectoryContext.ReadAll(compressed.Archive!));

        using BuildSource text = StandardInputContext.Open(new MemoryStream("FROM scratch"u8.ToArray()), null);
        TarEntry file = Assert.Single(Entries(DirectoryContext.ReadAll(text.Archive!)));
        Assert.Equal(("Dockerfile", "FROM scratch"), (file.Name, Text(file)));
    }

    [Fact]
    public void Build_cache_is_pruned()
    {
        using ScriptedDaemon daemon = Answering("""{"CachesDeleted":["a","b"],"SpaceReclaimed":2048}""");

        ClientRun run = _user.Run(daemon, "builder", "prune", "-af", "--keep-storage", "1k", "--filter", "until=24h");

        Assert.Equal(new ClientRun(0, "Deleted build cache objects:\na\nb\n\nTotal reclaimed space: 2.048kB\n", ""), run);
        Assert.Equal("/v1.51/build/prune?all=1&keep-storage=1024&filters={\"until\":{\"24h\":true}}", Uri.UnescapeDataString(daemon.Requests.Single().Path));
    }

    private static ScriptedDaemon Answering(string body) => new(_ => ScriptedDaemon.Json(body));

    private static List<TarEntry> Entries(byte[] archive)
    {
        using TarReader reader = new(new MemoryStream(archive));
        List<TarEntry> entries = [];
        while (reader.GetNextEntry(copyData: true) is { } entry)
        {
            entries.Add(entry);
        }

        return entries;
    }

    private static string Text(TarEntry entry) => Encoding.UTF8.GetString(DirectoryContext.ReadAll(entry.DataStream!));

    private static byte[] Field(ScriptedRequest request, string name)
    {
        string line = request.Head.Split("\r\n").Single(line => line.StartsWith(name + ": ", StringComparison.Ordinal));
        return Convert.FromBase64String(line[(name.Length + 2)..].Replace('-', '+').Replace('_', '/'));
    }

    private void Write(string path, string text)
    {
        string full = Path.GetFullPath(path, Context);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    private void Link(string existing, string name) =>
        Assert.Equal(0, Rtd.Client.Terminal.Libc.link(Path.Combine(Context, existing), Path.Combine(Context, name)));
}
