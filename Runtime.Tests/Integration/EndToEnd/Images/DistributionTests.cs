using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Images;

/// <summary>A layer of a real distribution is on disk what <c>tar --xattrs</c> makes of it: owners, modes, times, capabilities, links, devices, names.</summary>
public sealed class DistributionTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    /// <summary>Debian packages as they are unpacked, and what no package has.</summary>
    private const string MakeTree = """
        packages=$1; tree=$2; mkdir $tree
        for package in $packages/*.deb; do dpkg-deb --extract $package $tree; done
        cd $tree
        setcap cap_net_raw+ep bin/ping 2>/dev/null || setcap cap_net_raw+ep usr/bin/ping
        setcap cap_setuid,cap_setgid=ep usr/bin/newgrp
        chown 100:65000 var/mail 2>/dev/null || true
        mkdir -p dev srv; mknod -m 666 dev/null c 1 3; mknod -m 660 dev/sda b 8 0; mkfifo srv/fifo
        long=$(printf 'n%.0s' $(seq 250)); mkdir -p srv/$long/$long; echo x > srv/$long/$long/file
        ln srv/$long/$long/file srv/hard; ln -s /srv/$long/$long/file srv/soft
        truncate -s 20M srv/sparse; printf end >> srv/sparse
        setfattr -n user.note -v 'two words' srv/hard; setfattr -n user.binary -v 0x00ff80fe0a srv/sparse
        setfacl -m u:1234:rwx,d:g:4321:r srv
        chown 4000000000:3000000 srv/hard; chmod 6755 srv/hard; touch -h -d '1969-01-01 00:00:00.25' srv/soft; touch -d '2001-02-03 04:05:06.789012345' srv/hard
        touch srv/'odd name "with" \ and
        newline' "$(printf 'srv/latin-\351')"
        """;

    private const string Describe = """
        cd $1
        find . -mindepth 1 -printf '%p|%y|%m|%U:%G|%T@|%s|%l|' \( -type d -printf '\n' -o -printf '%n\n' \) | sort | sed 's/|d|\([^|]*|[^|]*|[^|]*\)|[0-9]*|/|d|\1||/'
        find . -mindepth 1 \( -type c -o -type b \) -exec stat -c '%n %t:%T' {} + | sort
        find . -mindepth 1 -type f -print0 | sort -z | xargs -0 sha256sum
        find . -mindepth 1 -print0 | sort -z | xargs -0 getfattr -h -d -m '^(user|security|system)' -e hex 2>/dev/null
        """;

    [RootFact]
    public async Task Layer_is_what_tar_makes_of_it()
    {
        string packages = Path.Combine(Tree.Top, "obj", "distribution");
        Assert.True(Directory.Exists(packages) && Directory.EnumerateFiles(packages, "*.deb").Any(), $"no Debian packages in {packages}: scripts/test fetches them");
        string scratch = Directory.CreateDirectory(Path.Combine(Host.Root, "distribution")).FullName;
        string archive = Path.Combine(scratch, "layer.tar"), reference = Path.Combine(scratch, "reference");
        (await Command.RunAsync(["sh", "-euc", MakeTree, "sh", packages, Path.Combine(scratch, "tree")])).Exits(0);
        (await Command.RunAsync(["sh", "-euc", $"cd {scratch}; tar --format=posix --xattrs --xattrs-include='*' -C tree -cf {archive} .; rm -rf tree; mkdir {reference}; tar --xattrs --xattrs-include='*' --same-owner -pxf {archive} -C {reference}"])).Exits(0);

        string id = (await DockerAsync("import", archive, "distribution")).Exits(0).Lines[^1];

        string layer = (await DockerAsync("inspect", "--type", "image", "--format", "{{.GraphDriver.Data.UpperDir}}", id)).Exits(0).Line;
        string[] expected = [.. (await Command.RunAsync(["sh", "-c", Describe, "sh", reference])).Exits(0).Lines];
        string[] actual = [.. (await Command.RunAsync(["sh", "-c", Describe, "sh", layer])).Exits(0).Lines];
        Assert.True(expected.Length > 1000, $"{expected.Length} lines");
        Assert.Contains(expected, line => line.StartsWith("security.capability=0x", StringComparison.Ordinal));
        Assert.Contains(expected, line => line.StartsWith("system.posix_acl_default=0x", StringComparison.Ordinal));
        Assert.Equal(expected, actual);
        string digest = (await Command.RunAsync(["sha256sum", archive])).Exits(0).Stdout.Split(' ')[0];
        Assert.Equal($"[sha256:{digest}]", (await DockerAsync("inspect", "--type", "image", "--format", "{{.RootFS.Layers}}", id)).Exits(0).Line);

        // A container's commit takes it all along, too.
        (await DockerAsync("create", "--name", "whole", "distribution", "x")).Exits(0);
        (await DockerAsync("export", "-o", Path.Combine(scratch, "export.tar"), "whole")).Exits(0);
        (await Command.RunAsync(["sh", "-euc", $"mkdir {scratch}/exported; tar --xattrs --xattrs-include='*' --same-owner -pxf {scratch}/export.tar -C {scratch}/exported"])).Exits(0);
        string capabilities = "getcap -r $1 | sed \"s|$1||\" | sort; find $1/srv -mindepth 1 -printf '%P|%m|%U:%G|%y|%l|\\n' | sort";
        Assert.Equal((await Command.RunAsync(["sh", "-c", capabilities, "sh", reference])).Exits(0).Stdout, (await Command.RunAsync(["sh", "-c", capabilities, "sh", $"{scratch}/exported"])).Exits(0).Stdout);
        (await DockerAsync("rm", "whole")).Exits(0);
        (await Command.RunAsync(["rm", "-rf", scratch])).Exits(0); // by bytes: one name is not UTF-8
    }
}
