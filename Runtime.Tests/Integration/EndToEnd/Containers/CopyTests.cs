using System.Net;
using System.Text;
using Newtonsoft.Json.Linq;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Containers;

/// <summary><c>docker cp</c> with running, stopped and never started containers.</summary>
public sealed class CopyTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    public enum Life
    {
        Created,
        Running,
        Exited,
    }

    [RootTheory]
    [InlineData(Life.Created)]
    [InlineData(Life.Running)]
    [InlineData(Life.Exited)]
    public async Task Directory_goes_in_and_comes_out_as_it_was(Life life)
    {
        string container = await MakeAsync(life);
        string name = $"in-{life}";
        string source = MakeTree(name);
        string target = Directory.CreateDirectory(Path.Combine(Host.Root, "out")).FullName;

        // Not by the docker command: it leaves extended attributes out, and makes everything its user's.
        (await Command.RunAsync(["tar", "-c", "--xattrs", "-C", Path.GetDirectoryName(source)!, "-f", target + ".tar", name])).Exits(0);
        using (HttpResponseMessage answer = await PutAsync(container, "/tmp", await File.ReadAllBytesAsync(target + ".tar")))
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        await File.WriteAllBytesAsync(target + ".tar", await Api.GetBytesAsync($"/containers/{container}/archive?path=/tmp/{name}"));
        (await Command.RunAsync(["tar", "-xp", "--same-owner", "--xattrs", "-C", target, "-f", target + ".tar"])).Exits(0);

        Assert.Equal(await DescribeAsync(source), await DescribeAsync(Path.Combine(target, name)));
        Clear(name, "out", "out.tar");
    }

    [RootTheory]
    [InlineData(Life.Created)]
    [InlineData(Life.Running)]
    [InlineData(Life.Exited)]
    public async Task Volumes_and_binds_are_gone_through(Life life)
    {
        string bound = Directory.CreateDirectory(Path.Combine(Host.Root, "bound")).FullName;
        string container = await MakeAsync(life, "-v", "cp-volume:/not/in/image", "-v", $"{bound}:/bound");
        string file = Path.Combine(Host.Root, "file");
        await File.WriteAllTextAsync(file, "content\n");

        (await DockerAsync("cp", file, $"{container}:/bound/here")).Exits(0);
        (await DockerAsync("cp", file, $"{container}:/not/in/image/there")).Exits(0);

        Assert.Equal("content\n", await File.ReadAllTextAsync(Path.Combine(bound, "here")));
        Assert.Equal("content\n", (await ShellAsync("cat /v/there", "-v", "cp-volume:/v")).Exits(0).Stdout);
        Assert.Equal("content", (await ReadFileAsync(container, "/not/in/image/there")).TrimEnd());
        (await DockerAsync("rm", "-f", container)).Exits(0);
        (await DockerAsync("volume", "rm", "cp-volume")).Exits(0);
        Clear("bound", "file");
    }

    [RootFact]
    public async Task What_was_copied_before_the_start_is_there_when_it_runs()
    {
        string container = (await DockerAsync("create", "busybox", "cat", "/etc/made/by/cp")).Exits(0).Line;
        using (HttpResponseMessage answer = await PutAsync(container, "/etc", ImageArchive.Tar(ImageArchive.File("made/by/cp", "early"))))
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        Assert.Equal("early", (await DockerAsync("start", "-a", container)).Exits(0).Line);
    }

    [RootFact]
    public async Task Stat_says_what_a_path_is()
    {
        string container = await StartAsync("mkdir /d; echo 12345 > /d/f; chmod 4750 /d/f; ln -s /d/../d/f /link; ln -s nowhere /dangling; mkfifo /fifo; sleep 1000");
        await Eventually.HoldsAsync("the files are there", async () => await StatAsync(container, "/fifo") is not null);

        JObject file = (await StatAsync(container, "/d/f"))!;
        Assert.Equal("f", (string?)file["name"]);
        Assert.Equal(6, (long)file["size"]!);
        Assert.Equal((1L << 23) | 0x1E8, (long)file["mode"]!);
        Assert.Equal("", (string?)file["linkTarget"]);
        JObject link = (await StatAsync(container, "/link"))!;
        Assert.Equal(1L << 27, (long)link["mode"]! & ~0x1FF);
        Assert.Equal("/d/f", (string?)link["linkTarget"]);
        Assert.Equal("/nowhere", (string?)(await StatAsync(container, "/dangling"))!["linkTarget"]);
        Assert.Equal(1L << 31, (long)(await StatAsync(container, "/d/"))!["mode"]! & (1L << 31));
        Assert.Equal("/", (string?)(await StatAsync(container, "/"))!["name"]);
        Assert.Equal(1L << 25, (long)(await StatAsync(container, "fifo"))!["mode"]! & (1L << 25));
        Assert.Null(await StatAsync(container, "/nothing"));
    }

    /// <summary>A name ends the way the path did: the directory itself, or what is in it.</summary>
    [RootTheory]
    [InlineData("/d", "d/,d/f")]
    [InlineData("/d/", "d/,d/f")]
    [InlineData("/d/.", "./,./f")]
    [InlineData("/d/f", "f")]
    [InlineData("/l", "l")]
    [InlineData("/l/", "l/,l/f")]
    [InlineData("/l/.", "./,./f")]
    public async Task Names_in_the_archive_begin_with_the_last_component(string path, string names)
    {
        string container = (await DockerAsync("run", "-d", "busybox", "sh", "-c", "mkdir /d; echo x > /d/f; ln -s d /l")).Exits(0).Line;
        (await DockerAsync("wait", container)).Exits(0);

        Assert.Equal(names, string.Join(',', await NamesAsync(container, path)));
    }

    [RootFact]
    public async Task What_cannot_be_is_refused_in_docker_s_words()
    {
        string container = await StartAsync("sleep 1000", "--read-only", "-v", "cp-ro:/ro:ro", "-v", "cp-rw:/rw");
        byte[] archive = ImageArchive.Tar(ImageArchive.File("f", "x"));

        Assert.Equal("container rootfs is marked read-only", await EngineApi.ErrorAsync(await PutAsync(container, "/tmp", archive), 403));
        Assert.Equal("mounted volume is marked read-only", await EngineApi.ErrorAsync(await PutAsync(container, "/ro", archive), 403));
        Assert.Equal(HttpStatusCode.OK, (await PutAsync(container, "/rw", archive)).StatusCode);
        Assert.Equal("extraction point is not a directory", await EngineApi.ErrorAsync(await PutAsync(container, "/etc/hosts", archive), 400));
        Assert.Equal($"Could not find the file /nothing in container {container}", await EngineApi.ErrorAsync(await PutAsync(container, "/nothing", archive), 404));
        Assert.Contains("path cannot be empty", await EngineApi.ErrorAsync(await Api.GetAsync($"/containers/{container}/archive"), 400));
        Assert.Contains("not a directory", await EngineApi.ErrorAsync(await Api.GetAsync($"/containers/{container}/archive?path=/etc/hosts/"), 400));
        Assert.Contains("invalid tar", await EngineApi.ErrorAsync(await PutAsync(container, "/rw", "no archive at all"u8.ToArray()), 400));
        (await DockerAsync("rm", "-f", container)).Exits(0);
        (await DockerAsync("volume", "rm", "cp-ro", "cp-rw")).Exits(0);
    }

    [RootFact]
    public async Task Directories_and_others_do_not_replace_each_other_when_the_client_says_so()
    {
        string container = await StartAsync("mkdir /tmp/d; echo x > /tmp/f; sleep 1000");
        await Eventually.HoldsAsync("the file is there", async () => await StatAsync(container, "/tmp/f") is not null);
        byte[] fileOverDirectory = ImageArchive.Tar(ImageArchive.File("d", "x"));
        byte[] directoryOverFile = ImageArchive.Tar(ImageArchive.Directory("f/"));

        Assert.Equal("cannot overwrite directory \"/tmp/d\" with non-directory \"/tmp\"", await EngineApi.ErrorAsync(await PutAsync(container, "/tmp", fileOverDirectory, "&noOverwriteDirNonDir=true"), 400));
        Assert.Equal("cannot overwrite non-directory \"/tmp/f\" with directory \"/tmp\"", await EngineApi.ErrorAsync(await PutAsync(container, "/tmp", directoryOverFile, "&noOverwriteDirNonDir=true"), 400));
        Assert.Equal(HttpStatusCode.OK, (await PutAsync(container, "/tmp", fileOverDirectory)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await PutAsync(container, "/tmp", directoryOverFile)).StatusCode);
        Assert.Equal("directory regular file", (await DockerAsync("exec", container, "stat", "-c", "%F", "/tmp/f", "/tmp/d")).Exits(0).Stdout.ReplaceLineEndings(" ").Trim());
    }

    [RootFact]
    public async Task Archive_mode_gives_everything_to_the_container_s_user()
    {
        string container = await StartAsync("sleep 1000", "--user", "123:456");
        byte[] archive = ImageArchive.Tar(ImageArchive.File("f", "x"));

        Assert.Equal(HttpStatusCode.OK, (await PutAsync(container, "/tmp", archive, "&copyUIDGID=true")).StatusCode);

        Assert.Equal("123 456", (await DockerAsync("exec", container, "stat", "-c", "%u %g", "/tmp/f")).Exits(0).Line);
    }

    /// <summary>As with Docker, a copy of the root has what the container was made with, not /proc, /sys and /dev.</summary>
    [RootFact]
    public async Task Copy_of_the_root_leaves_kernel_file_systems_out()
    {
        string container = await StartAsync("sleep 1000", "-v", "/data", "--tmpfs", "/scratch");
        (await DockerAsync("exec", container, "touch", "/data/kept", "/scratch/kept")).Exits(0);

        IReadOnlyList<string> names = await NamesAsync(container, "/");

        Assert.Contains("/data/kept", names);
        Assert.Contains("/scratch/kept", names);
        Assert.Contains("/proc/", names);
        Assert.DoesNotContain(names, name => name.StartsWith("/proc/", StringComparison.Ordinal) && name.Length > "/proc/".Length);
        Assert.DoesNotContain(names, name => name.StartsWith("/dev/", StringComparison.Ordinal) && name.Length > "/dev/".Length);
    }

    /// <summary>CVE-2026-41567: what is in the container is never run to decompress an archive for it.</summary>
    [RootTheory]
    [InlineData("gzip")]
    [InlineData("bzip2")]
    [InlineData("xz")]
    [InlineData("zstd")]
    public async Task Compressed_archive_is_unpacked_without_the_container_s_programs(string program)
    {
        string container = await StartAsync($"for p in {program} un{program} pigz unpigz; do printf '#!/bin/sh\\ntouch /ran\\n' > /bin/$p; chmod +x /bin/$p; done; sleep 1000");
        string plain = Path.Combine(Host.Root, "plain.tar");
        await File.WriteAllBytesAsync(plain, ImageArchive.Tar(ImageArchive.File("f", "unpacked")));
        (await Command.RunAsync(["sh", "-c", $"{program} -c {plain} > {plain}.compressed"])).Exits(0);

        using HttpResponseMessage answer = await PutAsync(container, "/tmp", await File.ReadAllBytesAsync(plain + ".compressed"));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("unpacked", await ReadFileAsync(container, "/tmp/f"));
        Assert.Null(await StatAsync(container, "/ran"));
        File.Delete(plain);
        File.Delete(plain + ".compressed");
    }

    [RootFact]
    public async Task Events_tell_of_both_directions()
    {
        string container = await MakeAsync(Life.Created);
        (await PutAsync(container, "/tmp", ImageArchive.Tar(ImageArchive.File("f", "x")))).Dispose();
        await NamesAsync(container, "/tmp/f");

        using HttpResponseMessage told = await Api.GetAsync($"/events?since=10m&until=0s&filters={Uri.EscapeDataString($"{{\"container\":[\"{container}\"]}}")}");
        string events = await told.EnsureSuccessStatusCode().Content.ReadAsStringAsync();

        Assert.Contains("\"Action\":\"extract-to-dir\"", events, StringComparison.Ordinal);
        Assert.Contains("\"Action\":\"archive-path\"", events, StringComparison.Ordinal);
    }

    private async Task<string> MakeAsync(Life life, params string[] options)
    {
        string[] command = life == Life.Running ? ["sleep", "1000"] : ["true"];
        string container = (await DockerAsync(["create", .. options, "busybox", .. command])).Exits(0).Line;
        if (life != Life.Created)
        {
            (await DockerAsync("start", container)).Exits(0);
        }

        if (life == Life.Exited)
        {
            (await DockerAsync("wait", container)).Exits(0);
        }

        return container;
    }

    /// <summary>Owners, modes, times, a hard link, links, extended attributes and a file with a hole.</summary>
    private string MakeTree(string name)
    {
        string root = Directory.CreateDirectory(Path.Combine(Host.Root, name)).FullName;
        Directory.CreateDirectory(Path.Combine(root, "sub"));
        File.WriteAllText(Path.Combine(root, "file"), "content");
        File.WriteAllText(Path.Combine(root, "sub", "empty"), "");
        File.WriteAllBytes(Path.Combine(root, "large"), [.. Enumerable.Range(0, 300_000).Select(number => (byte)(number * 31))]);
        foreach (string command in (string[])
            [
                $"ln {root}/file {root}/sub/hard", $"ln -s ../file {root}/sub/relative", $"ln -s /etc/passwd {root}/absolute",
                $"chown 12:34 {root}/file", $"chmod 6751 {root}/large", $"chmod 1777 {root}/sub", $"setfattr -n user.note -v value {root}/file",
                $"touch -h -d 2001-02-03T04:05:06 {root}/file {root}/sub/relative {root}/large", $"touch -d 2002-03-04T05:06:07 {root}/sub",
            ])
        {
            Assert.Equal(0, Command.RunAsync(["sh", "-c", command]).GetAwaiter().GetResult().ExitCode);
        }

        return root;
    }

    private static async Task<string> DescribeAsync(string root)
    {
        string listing = (await Command.RunAsync(["sh", "-c", $"cd {root} && find . -mindepth 1 -printf '%p %y %m %U:%G %s %Ts %l %n\\n' | sort; getfattr -Rd . 2>/dev/null"])).Exits(0).Stdout;
        return listing + (await Command.RunAsync(["sh", "-c", $"cd {root} && find . -type f | sort | xargs cksum"])).Exits(0).Stdout;
    }

    private void Clear(params string[] names)
    {
        foreach (string path in names.Select(name => Path.Combine(Host.Root, name)))
        {
            if (Directory.Exists(path))
            {
                Directory.Delete(path, recursive: true);
            }
            else
            {
                File.Delete(path);
            }
        }
    }

    private async Task<HttpResponseMessage> PutAsync(string container, string path, byte[] archive, string options = "")
    {
        using HttpRequestMessage request = new(HttpMethod.Put, $"/containers/{container}/archive?path={Uri.EscapeDataString(path)}{options}") { Content = new ByteArrayContent(archive) };
        return await Api.SendAsync(request);
    }

    private async Task<JObject?> StatAsync(string container, string path)
    {
        using HttpRequestMessage request = new(HttpMethod.Head, $"/containers/{container}/archive?path={Uri.EscapeDataString(path)}");
        using HttpResponseMessage answer = await Api.SendAsync(request);
        return answer.StatusCode == HttpStatusCode.NotFound
            ? null
            : JObject.Parse(Encoding.UTF8.GetString(Convert.FromBase64String(answer.EnsureSuccessStatusCode().Headers.GetValues("X-Docker-Container-Path-Stat").Single())));
    }

    private async Task<IReadOnlyList<string>> NamesAsync(string container, string path)
    {
        using HttpResponseMessage answer = await Api.GetAsync($"/containers/{container}/archive?path={Uri.EscapeDataString(path)}");
        Assert.Equal("application/x-tar", answer.EnsureSuccessStatusCode().Content.Headers.ContentType?.MediaType);
        List<string> names = [];
        using System.Formats.Tar.TarReader reader = new(await answer.Content.ReadAsStreamAsync());
        while (await reader.GetNextEntryAsync() is { } entry)
        {
            names.Add(entry.Name);
        }

        return names;
    }

    private async Task<string> ReadFileAsync(string container, string path)
    {
        using HttpResponseMessage answer = await Api.GetAsync($"/containers/{container}/archive?path={Uri.EscapeDataString(path)}");
        using System.Formats.Tar.TarReader reader = new(await answer.EnsureSuccessStatusCode().Content.ReadAsStreamAsync());
        using StreamReader text = new((await reader.GetNextEntryAsync())!.DataStream!);
        return await text.ReadToEndAsync();
    }
}
