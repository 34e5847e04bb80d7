using Rtd.Daemon.Cgroups;
using Rtd.Daemon.Errors;
using Rtd.Protocol.Spec;
using Rtd.Protocol.Syscalls;
using Xunit;

namespace Rtd.Tests.Unit.Cgroups;

public sealed class DetectionTests
{
    private const string Unified = "24 1 0:22 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:4 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot\n";

    private const string Hybrid = """
        22 27 0:21 / /proc rw,relatime - proc proc rw
        31 23 0:28 / /sys/fs/cgroup ro,nosuid shared:9 master:2 - tmpfs tmpfs ro,mode=755
        32 31 0:29 / /sys/fs/cgroup/unified rw shared:10 - cgroup2 cgroup2 rw,nsdelegate
        33 31 0:30 / /sys/fs/cgroup/systemd rw shared:11 - cgroup cgroup rw,xattr,release_agent=/lib/systemd/systemd-cgroups-agent,name=systemd
        34 31 0:31 / /sys/fs/cgroup/cpu,cpuacct rw shared:12 - cgroup cgroup rw,cpu,cpuacct
        35 31 0:32 / /sys/fs/cgroup/memory rw shared:13 - cgroup cgroup rw,memory
        36 31 0:32 /part /mnt/part\040of\040it rw shared:14 - cgroup cgroup rw,memory
        37 31 0:33 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids,clone_children
        """;

    private const string Own = "3:memory:/daemon.slice/rtd\n2:cpu,cpuacct:/\n1:name=systemd:/system.slice\n0::/system.slice/rtd.service\n";

    [Fact]
    public void Only_cgroup2_is_version_2()
    {
        ICgroupDriver driver = CgroupDrivers.Detect(Unified, Own);
        Assert.Equal(2, driver.Version);
        MountSpec mount = Assert.Single(driver.ContainerMounts(writable: false));
        Assert.Equal((MountKind.CgroupV2, "/sys/fs/cgroup"), (mount.Kind, mount.Destination));
        Assert.Equal(Libc.MS_RDONLY, mount.Flags & Libc.MS_RDONLY);
        Assert.Equal(0UL, driver.ContainerMounts(writable: true)[0].Flags & Libc.MS_RDONLY);
    }

    [Fact]
    public void An_empty_v2_tree_beside_v1_controllers_is_version_1()
    {
        ICgroupDriver driver = CgroupDrivers.Detect(Hybrid, Own);
        Assert.Equal(1, driver.Version);
        Assert.Equal(["cpu", "cpuacct", "memory", "pids"], driver.Controllers.Order());
        Assert.Contains("WARNING: No cpuset support", driver.Warnings());
    }

    [Fact]
    public void A_v1_container_gets_a_tmpfs_and_each_hierarchy_on_it()
    {
        IReadOnlyList<MountSpec> mounts = CgroupDrivers.Detect(Hybrid, Own).ContainerMounts(writable: false);
        Assert.Equal(
            [
                (MountKind.Tmpfs, "tmpfs", "/sys/fs/cgroup"),
                (MountKind.CgroupV1, "name=systemd", "/sys/fs/cgroup/systemd"),
                (MountKind.CgroupV1, "cpu,cpuacct", "/sys/fs/cgroup/cpu,cpuacct"),
                (MountKind.CgroupV1, "memory", "/sys/fs/cgroup/memory"),
                (MountKind.CgroupV1, "pids", "/sys/fs/cgroup/pids"),
            ],
            mounts.Select(mount => (mount.Kind, mount.Source, mount.Destination)));
        const ulong flags = Libc.MS_NOSUID | Libc.MS_NODEV | Libc.MS_NOEXEC | Libc.MS_RDONLY;
        Assert.All(mounts, mount => Assert.Equal(flags, mount.Flags));
    }

    [Fact]
    public void Without_any_hierarchy_the_error_says_what_to_do()
    {
        EngineException exception = Assert.Throws<EngineException>(() => CgroupDrivers.Detect("22 27 0:21 / /proc rw - proc proc rw\n", ""));
        Assert.Contains("mount -t cgroup2", exception.Message);
    }

    [Fact]
    public void Of_several_mounts_of_a_hierarchy_the_fullest_counts()
    {
        CgroupMount memory = Assert.Single(CgroupMounts.Parse(Hybrid), mount => mount.Controllers.Contains("memory"));
        Assert.Equal("/sys/fs/cgroup/memory", memory.MountPoint);
        CgroupMount part = Assert.Single(CgroupMounts.Parse(Hybrid.Split('\n').Single(line => line.Contains("/part"))));
        Assert.Equal(("/mnt/part of it", "/part"), (part.MountPoint, part.Root));
    }

    [Theory]
    [InlineData("/", "/daemon.slice/rtd")]
    [InlineData("/daemon.slice", "/rtd")]
    [InlineData("/daemon.slice/rtd", "/")]
    [InlineData("/elsewhere", "/")]
    public void Our_own_cgroup_is_seen_from_the_mount(string root, string own) =>
        Assert.Equal(own, new OwnCgroups(Own).Below(new CgroupMount(1, "/m", root, ["memory"])));

    [Fact]
    public void Own_cgroups_are_found_by_any_controller_of_a_hierarchy()
    {
        OwnCgroups own = new(Own);
        Assert.Equal("/", own.Below(new CgroupMount(1, "/m", "/", ["cpuacct"])));
        Assert.Equal("/system.slice", own.Below(new CgroupMount(1, "/m", "/", ["name=systemd"])));
        Assert.Equal("/system.slice/rtd.service", own.Below(new CgroupMount(2, "/m", "/", [])));
    }

    [Theory]
    [InlineData("/rtd/abc", "/sys/fs/cgroup/memory/rtd/abc")]
    [InlineData("rtd/abc", "/sys/fs/cgroup/memory/own/rtd/abc")]
    [InlineData("//rtd//abc/", "/sys/fs/cgroup/memory/rtd/abc")]
    public void Absolute_paths_start_at_the_root_and_others_at_our_own(string path, string directory) =>
        Assert.Equal(directory, CgroupPath.Resolve("/sys/fs/cgroup/memory", "/own", CgroupPath.Normalize(path)));

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/../x")]
    [InlineData("/rtd/./x")]
    [InlineData("/rtd/x\n")]
    [InlineData("/rtd/x\0")]
    [InlineData("/cgroup.procs/x")]
    public void Paths_that_could_leave_are_refused(string path) =>
        Assert.Equal(ErrorKind.InvalidParameter, Assert.Throws<EngineException>(() => CgroupPath.Normalize(path)).Kind);
}
