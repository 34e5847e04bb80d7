using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Images;

/// <summary><c>import</c> of root file systems.</summary>
public sealed class ImportTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    [RootTheory]
    [InlineData(Cli.Rtctl, "cat")]
    [InlineData(Cli.Docker, "cat")]
    [InlineData(Cli.Docker, "gzip -c")]
    [InlineData(Cli.Docker, "bzip2 -c")]
    [InlineData(Cli.Docker, "xz -0 -c")]
    public async Task Takes_plain_and_compressed_archives(Cli cli, string compression)
    {
        string archive = Path.Combine(Host.Root, "import.tar");
        (await Command.RunAsync(["sh", "-c", $"{compression} < '{await BusyboxImage.ArchiveAsync()}' > '{archive}'"])).Exits(0);

        string id = (await Clients.RunAsync(cli, "import", archive, "imported:tag")).Exits(0).Lines[^1];

        Assert.Matches("^sha256:[0-9a-f]{64}$", id);
        Assert.Equal("ran\n", (await DockerAsync("run", "--rm", "imported:tag", "echo", "ran")).Exits(0).Stdout);
        (await DockerAsync("rmi", "imported:tag")).Exits(0);
    }

    [RootFact]
    public async Task Changes_set_the_images_configuration()
    {
        (await DockerAsync("import", "-c", "CMD [\"sh\", \"-c\", \"echo $A; pwd\"]", "-c", "ENV A=b", "-c", "WORKDIR /tmp", "-m", "why", await BusyboxImage.ArchiveAsync(), "changed")).Exits(0);

        Assert.Equal("b\n/tmp\n", (await DockerAsync("run", "--rm", "changed")).Exits(0).Stdout);
        (await DockerAsync("rmi", "changed")).Exits(0);
    }

    [RootFact]
    public async Task Takes_the_archive_from_standard_input()
    {
        CommandResult result = await Command.RunAsync(
            ["sh", "-c", "archive=$1; shift; exec \"$@\" < \"$archive\"", "sh", await BusyboxImage.ArchiveAsync(), .. Clients.CommandLine(Cli.Rtctl, "import", "-", "piped")],
            environment: Clients.Environment);

        result.Exits(0);
        (await DockerAsync("rmi", "piped")).Exits(0);
    }

    [RootFact]
    public async Task Files_keep_owner_mode_times_links_and_attributes()
    {
        string root = Path.Combine(Host.Root, "rootfs");
        string archive = Path.Combine(Host.Root, "rootfs.tar");
        string longName = string.Concat(Enumerable.Repeat("long-directory-name/", 12));
        (await Command.RunAsync(
            ["sh", "-euc", $"""
            mkdir -p {root}/bin '{root}/{longName}' {root}/sub
            cp $(command -v busybox) {root}/bin/busybox
            ln -s busybox {root}/bin/sh
            echo x > {root}/file; chown 123:456 {root}/file; chmod 4751 {root}/file; touch -d @1000000000 {root}/file
            ln {root}/file {root}/sub/hard
            echo deep > '{root}/{longName}file'
            ln -s '/{longName}file' {root}/long-link
            mknod {root}/device c 1 3
            mkfifo {root}/fifo
            chmod 1777 {root}/sub
            python3 -c 'import os; os.setxattr("{root}/file", "user.colour", b"red")' 
            tar --xattrs --format=posix -C {root} -cf {archive} .
            rm -rf {root}
            """])).Exits(0);
        (await DockerAsync("import", archive, "detailed")).Exits(0);

        string listing = (await DockerAsync("run", "--rm", "detailed", "sh", "-c", "stat -c '%n %u:%g %a %Y %h' /file /sub/hard; stat -c '%n %a' /sub; stat -c '%n %F %t:%T' /device /fifo; readlink /long-link; cat /long-link; [ $(stat -c %i /file) = $(stat -c %i /sub/hard) ] && echo one file")).Exits(0).Stdout;

        Assert.Equal(
            $"""
            /file 123:456 4751 1000000000 2
            /sub/hard 123:456 4751 1000000000 2
            /sub 1777
            /device character special file 1:3
            /fifo fifo 0:0
            /{longName}file
            deep
            one file

            """,
            listing);
        (await DockerAsync("rmi", "detailed")).Exits(0);
    }

    [RootFact]
    public async Task Same_content_is_the_same_layer()
    {
        (await DockerAsync("import", "-m", "one", await BusyboxImage.ArchiveAsync(), "one")).Exits(0);

        string mine = (await DockerAsync("inspect", "--type", "image", "--format", "{{index .RootFS.Layers 0}}", "one")).Exits(0).Line;

        Assert.Equal((await DockerAsync("inspect", "--type", "image", "--format", "{{index .RootFS.Layers 0}}", "busybox")).Exits(0).Line, mine);
        (await DockerAsync("rmi", "one")).Exits(0);
        (await ShellAsync("true")).Exits(0);
    }
}
