using System.Formats.Tar;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.Security.Mounts;

/// <summary>Images in which the places that the engine works on are links, or that declare volumes over them.</summary>
public sealed class HostileImageTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    /// <summary>procfs and sysfs are where they seem, masked and read-only: the layer of mount points lies over the image.</summary>
    [RootTheory]
    [InlineData("proc", "/evil")]
    [InlineData("proc", "CANARY")]
    [InlineData("sys", "/evil")]
    [InlineData("sys", "CANARY")]
    public async Task CVE_2019_19921_CVE_2023_27561_CVE_2023_28642_linked_proc_and_sys_are_covered(string name, string target)
    {
        HostCanary canary = await HostCanary.PlaceAsync(Daemon);
        await LoadAsync("evil", ImageArchive.Directory("evil/"), ImageArchive.Symlink(name, target.Replace("CANARY", canary.Directory, StringComparison.Ordinal)));

        string seen = (await DockerAsync("run", "--rm", "evil", "sh", "-c", $"test ! -L /{name} && test -e /proc/self/stat && test -e /sys/kernel && ls -A /evil && cat /proc/kcore; {{ echo x > /proc/sys/kernel/core_pattern; }} 2>/dev/null || echo refused")).Exits(0).Stdout;

        Assert.Equal("refused\n", seen);
        await canary.IsUntouchedAsync(Api);
    }

    /// <summary>A link that got into the container's own layer is refused.</summary>
    [RootTheory]
    [InlineData("proc")]
    [InlineData("sys")]
    public async Task CVE_2019_19921_CVE_2023_27561_CVE_2023_28642_linked_proc_and_sys_in_a_containers_layer_are_refused(string name)
    {
        HostCanary canary = await HostCanary.PlaceAsync(Daemon);
        string id = (await DockerAsync("create", "busybox", "true")).Exits(0).Line;
        string layer = await InspectAsync(id, "{{.GraphDriver.Data.UpperDir}}");
        Directory.CreateDirectory(Path.Combine(layer, "evil"));
        File.CreateSymbolicLink(Path.Combine(layer, name), "/evil");

        (await DockerAsync("start", id)).Exits(1).Says("too many levels of symbolic links");

        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(layer, "evil")));
        (await DockerAsync("rm", id)).Exits(0);
        await canary.IsUntouchedAsync(Api);
    }

    /// <summary>A relative link that climbs above the root leads to the root, by load, by commit, by cp and by volumes.</summary>
    [RootTheory]
    [InlineData("proc")]
    [InlineData("dev")]
    [InlineData("etc/resolv.conf")]
    [InlineData("data")]
    public async Task Links_that_climb_above_the_root_lead_nowhere_but_into_the_container(string name)
    {
        HostCanary canary = await HostCanary.PlaceAsync(Daemon);
        string target = $"../../..{canary.Directory}";
        byte[] image = ImageArchive.DockerSave("leaving:latest", ImageArchive.Tar([.. ImageArchive.Busybox(), ImageArchive.Symlink(name, target)]));
        (await LoadAsync(image)).Exits(0);

        string id = (await DockerAsync("create", "-v", "/data/file", "leaving", "sh", "-c", "echo planted > /data/file; true")).Exits(0).Line;
        await DockerAsync("start", "-a", id);
        await DockerAsync("cp", Path.Combine(canary.Directory, "file"), $"{id}:/{name}/copied");
        await DockerAsync("commit", id, "leaving:again");
        (await DockerAsync("rm", "-vf", id)).Exits(0);

        await canary.IsUntouchedAsync(Api);
    }

    [RootTheory]
    [InlineData("/proc")]
    [InlineData("/proc/self")]
    [InlineData("/proc/self/attr")]
    [InlineData("/x/../proc/sys")]
    [InlineData("/sys")]
    public async Task CVE_2019_16884_volumes_over_proc_and_sys_are_refused(string path)
    {
        HostCanary canary = await HostCanary.PlaceAsync(Daemon);
        await ImportWithVolumeAsync("covering", path);

        (await DockerAsync("run", "--rm", "covering", "true")).Exits(125).Says("cannot be");
        (await DockerAsync("run", "--rm", "-v", path, "busybox", "true")).Exits(125).Says("cannot be");

        await canary.IsUntouchedAsync(Api);
    }

    /// <summary>The check by name does not see through links of the image; rtinit's does.</summary>
    [RootTheory]
    [InlineData("/link/self/attr", "/proc")]
    [InlineData("/link", "/proc/self")]
    [InlineData("/link/kernel", "proc/sys")]
    public async Task CVE_2019_16884_volumes_that_links_lead_over_proc_are_refused(string path, string target)
    {
        HostCanary canary = await HostCanary.PlaceAsync(Daemon);
        await LoadAsync("leading", ImageArchive.Symlink("link", target));

        (await DockerAsync("run", "--rm", "-v", path, "leading", "true")).Says("cannot be mounted because it is inside /proc");

        await canary.IsUntouchedAsync(Api);
    }

    /// <summary>What is masked and read-only stays so whatever the image has at /dev and /proc.</summary>
    [RootFact]
    public async Task CVE_2025_31133_links_in_an_images_dev_do_not_change_what_masks()
    {
        HostCanary canary = await HostCanary.PlaceAsync(Daemon);
        await LoadAsync("masks", ImageArchive.Directory("dev/"), ImageArchive.Symlink("dev/null", "/proc/sys/kernel/core_pattern"));

        string seen = (await DockerAsync("run", "--rm", "masks", "sh", "-c", "for f in /proc/kcore /proc/keys /proc/timer_list; do [ ! -e $f ] || cat $f; done; stat -c '%t:%T' /dev/null; { echo x > /proc/sys/kernel/core_pattern; } 2>/dev/null || echo refused")).Stdout;

        Assert.Equal("1:3\nrefused\n", seen);
        await canary.IsUntouchedAsync(Api);
    }

    [RootFact]
    public async Task CVE_2025_52565_console_is_a_terminal_whatever_the_image_has_there()
    {
        HostCanary canary = await HostCanary.PlaceAsync(Daemon);
        await LoadAsync(
            "consoles",
            ImageArchive.Directory("dev/"),
            ImageArchive.Directory("dev/pts/"),
            ImageArchive.Symlink("dev/pts/0", "/proc/sys/kernel/core_pattern"),
            ImageArchive.Symlink("dev/pts/ptmx", Path.Combine(canary.Directory, "file")),
            ImageArchive.Symlink("dev/console", "/proc/sys/kernel/core_pattern"));

        string seen = (await DockerAsync("run", "--rm", "-t", "consoles", "sh", "-c", "test -c /dev/console && test -t 0 && stat -c '%t' /dev/console; echo x > /proc/sys/kernel/core_pattern || echo refused")).Stdout.Replace("\r", "", StringComparison.Ordinal);

        Assert.StartsWith("88\n", seen, StringComparison.Ordinal); // 136: a slave of devpts
        Assert.EndsWith("refused\n", seen, StringComparison.Ordinal);
        await canary.IsUntouchedAsync(Api);
    }

    [RootTheory]
    [InlineData("dev")]
    [InlineData("dev/shm")]
    [InlineData("dev/pts")]
    [InlineData("dev/mqueue")]
    public async Task CVE_2026_41579_CVE_2026_47766_linked_dev_has_no_effect_on_the_host(string name)
    {
        HostCanary canary = await HostCanary.PlaceAsync(Daemon);
        await LoadAsync("devices", ImageArchive.Symlink(name, canary.Directory));

        string id = (await DockerAsync("create", "-t", "--device", "/dev/full:/dev/extra", "devices", "sleep", "1000")).Exits(0).Line;
        if ((await DockerAsync("start", id)).ExitCode == 0)
        {
            (await DockerAsync("exec", id, "stat", "/dev/null")).Exits(0);
        }

        (await DockerAsync("rm", "-f", id)).Exits(0);
        await canary.IsUntouchedAsync(Api);
    }

    /// <summary>The files that every container gets are found with the container's root as the root.</summary>
    [RootFact]
    public async Task Links_at_hosts_hostname_and_resolv_conf_stay_inside()
    {
        HostCanary canary = await HostCanary.PlaceAsync(Daemon);
        string file = Path.Combine(canary.Directory, "file");
        await LoadAsync(
            "files",
            ImageArchive.Directory("etc/"),
            ImageArchive.Symlink("etc/hosts", file),
            ImageArchive.Symlink("etc/hostname", Path.Combine(canary.Directory, "new")),
            ImageArchive.Symlink("etc/resolv.conf", $"..{file}"));

        await DockerAsync("run", "--rm", "files", "true");

        await canary.IsUntouchedAsync(Api);
    }

    [RootTheory]
    [InlineData("a", "CANARY", "/a/b")]
    [InlineData("a", "/..CANARY", "/a/b")]
    [InlineData("a", "CANARY", "/a")]
    public async Task GHSA_q6r4_3wmg_fwcq_working_directory_behind_a_link_is_made_inside(string name, string target, string directory)
    {
        HostCanary canary = await HostCanary.PlaceAsync(Daemon);
        await LoadAsync("working", ImageArchive.Symlink(name, target.Replace("CANARY", canary.Directory, StringComparison.Ordinal)));

        string id = (await DockerAsync("create", "-w", directory, "-u", "1000", "working", "sh", "-c", "pwd")).Exits(0).Line;
        await DockerAsync("start", "-a", id);
        (await DockerAsync("rm", "-f", id)).Exits(0);

        await canary.IsUntouchedAsync(Api);
    }

    /// <summary>What is copied into a new volume comes from the image, whatever its path says.</summary>
    [RootTheory]
    [InlineData("/../../CANARY")]
    [InlineData("/absolute")]
    [InlineData("/absolute/..CANARY")]
    [InlineData("/relative")]
    [InlineData("/proc-link/1/rootCANARY")]
    public async Task CVE_2022_23648_new_volume_has_nothing_of_the_host(string path)
    {
        HostCanary canary = await HostCanary.PlaceAsync(Daemon);
        await LoadAsync(
            "copying",
            ImageArchive.Symlink("absolute", canary.Directory),
            ImageArchive.Symlink("relative", canary.Directory[1..]),
            ImageArchive.Symlink("proc-link", "/proc"));

        await DockerAsync("create", "-v", $"stolen:{path.Replace("CANARY", canary.Directory, StringComparison.Ordinal)}", "copying");

        string data = Path.Combine(Daemon.DataRoot, "volumes", "stolen", "_data");
        if (Directory.Exists(data))
        {
            Assert.Empty(Directory.EnumerateFileSystemEntries(data));
            (await DockerAsync(["rm", "-f", .. (await DockerAsync("ps", "-aq")).Lines])).Exits(0);
            (await DockerAsync("volume", "rm", "stolen")).Exits(0);
        }

        await canary.IsUntouchedAsync(Api);
    }

    /// <summary>The image's own declaration takes the same way.</summary>
    [RootFact]
    public async Task CVE_2022_23648_declared_volume_has_nothing_of_the_host()
    {
        HostCanary canary = await HostCanary.PlaceAsync(Daemon);
        await ImportWithVolumeAsync("declaring", $"/../..{canary.Directory}");

        Assert.Equal("", (await DockerAsync("run", "--rm", "declaring", "ls", "-A", canary.Directory)).Exits(0).Stdout);

        await canary.IsUntouchedAsync(Api);
    }

    private async Task LoadAsync(string name, params TarEntry[] entries) =>
        (await LoadAsync(ImageArchive.DockerSave($"{name}:latest", ImageArchive.Tar([.. ImageArchive.Busybox(), .. entries])))).Exits(0);

    private async Task ImportWithVolumeAsync(string name, string volume) =>
        (await DockerAsync("import", "-c", $"VOLUME {volume}", await BusyboxImage.ArchiveAsync(), name)).Exits(0);
}
