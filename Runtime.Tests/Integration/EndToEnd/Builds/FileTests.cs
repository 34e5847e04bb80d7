using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Builds;

/// <summary>COPY and ADD: what goes where, whose it is, and mounts of RUN.</summary>
public sealed class FileTests(DaemonFixture fixture, ITestOutputHelper output) : BuildTest(fixture, output)
{
    private const string Users = "FROM busybox\nRUN mkdir -p /etc && echo bob:x:1234:1234::/:/bin/sh >> /etc/passwd && echo bob:x:1235: >> /etc/group\n";

    [RootFact]
    public async Task Destinations_follow_dockers_rules()
    {
        Write(("d/1.txt", "1"), ("d/sub/2.txt", "2"), ("e/1.txt", "other"));
        File.CreateSymbolicLink(Path.Combine(Context, "d/link"), "1.txt");
        File.SetUnixFileMode(Path.Combine(Context, "d/sub"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        (await BuildAsync(Users + """
            RUN mkdir /real && ln -s /real /lnk
            COPY d /dst
            COPY --chown=bob d/1.txt e/1.txt /multi/
            COPY --chown=7:8 --chmod=600 d/*.txt /new/dir/
            COPY d/1.txt /lnk/
            COPY d/1.txt /lnk/renamed
            COPY d/link /followed
            COPY --exclude=sub d /without
            COPY --parents d/sub/2.txt ./d/./sub /kept/
            WORKDIR /here
            COPY d/1.txt .
            COPY ["d/1.txt", "with blank"]
            """, "-t", "copied")).Exits(0);

        Assert.Equal(
            """
            /dst 0:0 755 directory
            /dst/1.txt 0:0 644 regular file
            /dst/link 0:0 777 symbolic link
            /dst/sub 0:0 700 directory
            /dst/sub/2.txt 0:0 644 regular file
            /followed 0:0 644 regular file
            /here 0:0 755 directory
            /here/1.txt 0:0 644 regular file
            /here/with blank 0:0 644 regular file
            /kept 0:0 755 directory
            /kept/d 0:0 755 directory
            /kept/d/sub 0:0 755 directory
            /kept/d/sub/2.txt 0:0 644 regular file
            /kept/sub 0:0 755 directory
            /kept/sub/2.txt 0:0 644 regular file
            /multi 1234:1235 755 directory
            /multi/1.txt 1234:1235 644 regular file
            /new 7:8 755 directory
            /new/dir 7:8 755 directory
            /new/dir/1.txt 7:8 600 regular file
            /real 0:0 755 directory
            /real/1.txt 0:0 644 regular file
            /real/renamed 0:0 644 regular file
            /without 0:0 755 directory
            /without/1.txt 0:0 644 regular file
            /without/link 0:0 777 symbolic link

            """,
            await InAsync("copied", "find /dst /followed /here /kept /multi /new /real /without -exec stat -c '%n %u:%g %a %F' {} + | sort"));
        Assert.Equal("other", await InAsync("copied", "cat /multi/1.txt"));
        (await BuildAsync("FROM busybox\nCOPY d/1.txt e/1.txt /multi")).Says("the destination must be a directory and end with a /");
        (await BuildAsync("FROM busybox\nCOPY --chown=nobody-there d /x")).Says("can't find uid for user nobody-there: no such user: nobody-there");
        (await BuildAsync("FROM busybox\nCOPY d/*.none /x")).Says("no source files were specified");
        (await BuildAsync("FROM busybox\nRUN echo > /file\nCOPY d/1.txt /file/x")).Says("not a directory");
    }

    [RootTheory]
    [InlineData("cat")]
    [InlineData("gzip -c")]
    [InlineData("bzip2 -c")]
    [InlineData("xz -0 -c")]
    public async Task Add_unpacks_archives_and_copy_does_not(string compression)
    {
        Write(("t/file", "in the archive"), ("t/dir/deep", "deep"));
        (await Command.RunAsync(["sh", "-euc", $"cd {Context}; chown 3:4 t/file; chmod 640 t/file; tar -C t -cf - . | {compression} > a.tar; rm -r t; echo text > plain"])).Exits(0);

        (await BuildAsync("FROM busybox\nRUN mkdir /real && ln -s real /lnk\nADD a.tar /lnk\nADD a.tar /new/dir/\nCOPY a.tar /as-it-is\nADD plain /plain/\nADD --unpack=false a.tar /kept", "-t", "added")).Exits(0);

        Assert.Equal("3:4 640 in the archive\n3:4 640 in the archive\n", await InAsync("added", "for f in /real/file /new/dir/file; do echo $(stat -c '%u:%g %a' $f) $(cat $f); done"));
        Assert.Equal("deep\ntext\nlink\n", await InAsync("added", "cat /new/dir/dir/deep; echo; cat /plain/plain; [ -L /lnk ] && [ -f /as-it-is ] && [ -f /kept ] && echo link").ContinueWith(read => read.Result.Replace("\n\n", "\n", StringComparison.Ordinal)));
        (await DockerAsync("save", "-o", Path.Combine(Host.Root, "saved.tar"), "added")).Exits(0);
    }

    [RootFact]
    public async Task Files_of_a_web_server_are_added_and_checked()
    {
        using Server server = await Server.StartNeighbourAsync(Host, 8077);
        Write();
        string page = $"http://{TestHost.NeighbourAddress}:8077/index.html";
        string digest = "sha256:" + ImageArchive.Digest("neighbour\n"u8.ToArray());

        (await BuildAsync($"FROM busybox\nADD --checksum={digest} {page} /dir/\nADD {page} /as", "-t", "remote")).Exits(0);

        Assert.Equal("600 neighbour\nneighbour\n", await InAsync("remote", "echo $(stat -c %a /dir/index.html) $(cat /dir/index.html); cat /as"));
        (await BuildAsync($"FROM busybox\nADD --checksum=sha256:{new string('0', 64)} {page} /dir/")).Says("digest mismatch");
        (await BuildAsync($"FROM busybox\nADD http://{TestHost.NeighbourAddress}:8077/ /dir/")).Says("cannot determine filename from url");
        (await BuildAsync($"FROM busybox\nADD http://{TestHost.NeighbourAddress}:8077/missing /dir/")).Says("404");
        (await BuildAsync("FROM busybox\nADD https://host.example/some/repository.git /dir/")).Says("a git repository (https://host.example/some/repository.git) cannot be added");
    }

    [RootFact]
    public async Task Heredocs_are_scripts_and_files()
    {
        Write();

        (await BuildAsync(
            """
            FROM busybox
            ARG NAME=world
            COPY <<FILE /hello
            hello $NAME
            FILE
            COPY <<"RAW" <<-TABS /docs/
            raw $NAME
            RAW
            	tabs
            TABS
            RUN <<SCRIPT
            echo one > /made
            echo two >> /made
            SCRIPT
            RUN <<SCRIPT
            #!/bin/busybox ash
            echo "$0" > /script
            SCRIPT
            """, "-t", "heredocs")).Exits(0);

        Assert.Equal("hello world\nraw $NAME\ntabs\none\ntwo\n/dev/pipes/SCRIPT\n", await InAsync("heredocs", "cat /hello /docs/RAW /docs/TABS /made /script"));
        Assert.DoesNotContain("pipes", await InAsync("heredocs", "ls /dev"), StringComparison.Ordinal);
    }

    [RootFact]
    public async Task Mounts_of_a_step_are_there_for_it_and_leave_nothing()
    {
        Write(("file", "of the context"));
        const string Dockerfile =
            """
            FROM busybox AS tools
            RUN mkdir /tools && echo tool > /tools/a
            FROM busybox
            ARG ROUND
            RUN --mount=type=cache,target=/cache --mount=type=bind,target=/context --mount=type=bind,from=tools,source=/tools,target=/t/tools,rw \
                --mount=type=tmpfs,target=/scratch,size=1m \
                echo round >> /cache/log && cp /cache/log /log && cat /context/file /t/tools/a > /read && echo more > /t/tools/b && ! touch /context/x && df /scratch > /df
            RUN ls -d /cache /context /t /scratch > /left; true
            """;

        (await BuildAsync(Dockerfile, "-t", "mounted:1", "--build-arg", "ROUND=1")).Exits(0);
        (await BuildAsync(Dockerfile, "-t", "mounted:2", "--build-arg", "ROUND=2")).Exits(0);

        Assert.Equal("of the contexttool\n", await InAsync("mounted:1", "cat /read"));
        Assert.Equal("round\nround\n", await InAsync("mounted:2", "cat /log"));
        Assert.Equal("", await InAsync("mounted:2", "cat /left"));
        Assert.Contains("1024", await InAsync("mounted:2", "cat /df"), StringComparison.Ordinal);
        Assert.Contains("exec.cachemount", (await Api.GetJsonAsync("/system/df?type=build-cache")).ToString(), StringComparison.Ordinal);
        (await DockerAsync("builder", "prune", "-f")).Exits(0);
        Assert.DoesNotContain("exec.cachemount", (await Api.GetJsonAsync("/system/df?type=build-cache")).ToString(), StringComparison.Ordinal);
        (await BuildAsync("FROM busybox\nRUN --mount=type=secret,id=none,required=true true")).Says("secret none: not found");
        (await BuildAsync("FROM busybox\nRUN --mount=type=bind,target=/ true")).Says("invalid mount target");
    }

    [RootFact]
    public async Task Ignored_files_are_not_in_the_context()
    {
        Write(("a", "a"), ("b", "b"), ("dir/c", "c"), (".dockerignore", "Dockerfile\n.dockerignore\nb\ndir/*\n!dir/c"), ("dir/d", "d"));

        (await BuildAsync("FROM busybox\nCOPY . /all", "-t", "ignored")).Exits(0);

        Assert.Equal("/all\n/all/a\n/all/dir\n/all/dir/c\n", await InAsync("ignored", "find /all | sort"));
    }
}
