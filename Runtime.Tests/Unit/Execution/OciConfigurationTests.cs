using Newtonsoft.Json.Linq;
using Rtd.Daemon.Cgroups;
using Rtd.Daemon.Execution;
using Rtd.Daemon.Execution.Oci;
using Rtd.Daemon.Security;
using Rtd.Daemon.Security.Seccomp;
using Rtd.Protocol.Spec;
using Rtd.Protocol.Syscalls;
using Rtd.Tests.Unit.Containers.Fakes;

namespace Rtd.Tests.Unit.Execution;

public sealed class OciConfigurationTests
{
    [Fact]
    public void Mounts_of_cgroups_are_one()
    {
        JObject json = Build(
            new MountSpec(MountKind.Tmpfs, "tmpfs", "/sys/fs/cgroup", Libc.MS_RDONLY, 0, false, "mode=755"),
            new MountSpec(MountKind.CgroupV1, "cpu", "/sys/fs/cgroup/cpu", Libc.MS_RDONLY, 0, false, ""),
            new MountSpec(MountKind.CgroupV1, "memory", "/sys/fs/cgroup/memory", Libc.MS_RDONLY, 0, false, ""),
            new MountSpec(MountKind.Tmpfs, "tmpfs", "/t", Libc.MS_NOSUID | Libc.MS_NOEXEC, 0, false, "size=1m,mode=1777"));

        Assert.Equal(
            ["/sys/fs/cgroup cgroup relatime,ro", "/t tmpfs nosuid,noexec,size=1m,mode=1777"],
            json["mounts"]!.Select(mount => $"{mount["destination"]} {mount["type"]} {string.Join(',', mount["options"]!)}"));
    }

    [Theory]
    [InlineData(0UL, false, "bind,rprivate")]
    [InlineData(0UL, true, "rbind,rprivate")]
    [InlineData(1UL, true, "rbind,rprivate,ro")]
    public void Binds_have_their_flags(ulong flags, bool recursive, string options) => Assert.Equal(
        options,
        string.Join(',', Build(new MountSpec(MountKind.Bind, "/a", "/b", flags, 0, recursive, ""))["mounts"]![0]!["options"]!));

    [Fact]
    public void Who_is_not_root_has_no_capabilities()
    {
        JToken Of(uint uid) => OciConfiguration.Build(Launch(), new RuntimeUser(uid, 5, [5, 7], "/home"))["process"]!;

        Assert.Empty(Of(1000)["capabilities"]!["effective"]!);
        Assert.NotEmpty(Of(1000)["capabilities"]!["bounding"]!);
        Assert.NotEmpty(Of(0)["capabilities"]!["effective"]!);
        Assert.Null(Of(0)["capabilities"]!["inheritable"]);
        Assert.Equal("[5,7]", Of(1000)["user"]!["additionalGids"]!.ToString(Newtonsoft.Json.Formatting.None));
        Assert.Equal(["A=b", "HOME=/home"], Of(1000)["env"]!.Values<string>());
    }

    [Fact]
    public void Filter_keeps_dangerous_families_out()
    {
        JObject seccomp = OciSeccomp.Build(DefaultProfile.For(Capabilities.Default));

        Assert.Equal("SCMP_ACT_ERRNO", (string?)seccomp["defaultAction"]);
        Assert.Equal(1, (int)seccomp["defaultErrnoRet"]!);
        Assert.All(seccomp["syscalls"]!.Where(rule => rule["names"]!.Values<string>().Contains("socket")), rule => Assert.NotEmpty(rule["args"]!));
        Assert.Contains(seccomp["syscalls"]!, rule => rule["names"]!.Values<string>().Contains("clone3") && (int?)rule["errnoRet"] == Libc.ENOSYS);
    }

    private static JObject Build(params MountSpec[] mounts) => OciConfiguration.Build(Launch(mounts), new RuntimeUser(0, 0, [0], "/root"));

    private static ContainerLaunch Launch(params MountSpec[] mounts) => new()
    {
        Spec = new ContainerSpec
        {
            Id = "id",
            Rootfs = new RootfsSpec(RootfsKind.Bind, "/rootfs", ""),
            Mounts = mounts,
            Process = new ProcessSpec { Arguments = ["true"], Environment = ["A=b"], Capabilities = new CapabilitySpec(Capabilities.Default, Capabilities.Default, Capabilities.Default) },
        },
        CloneFlags = Libc.CLONE_NEWNS | Libc.CLONE_NEWPID,
        Cgroup = new FakeCgroups().Create("/x", new CgroupResources()),
        ConnectNetwork = (_, _) => Task.FromResult(NetworkState.Foreign),
        BeforeExec = _ => Task.CompletedTask,
        OpenStdin = false,
        Output = new NoOutput(),
        Oci = new OciLaunch { Runtime = new OciRuntime("other", "/bin/other", []), Seccomp = null, DeviceRules = [new DeviceRule(false, 'a', null, null, "rwm")], Annotations = new Dictionary<string, string>() },
    };

    private sealed class NoOutput : IOutputSink
    {
        public ValueTask WriteAsync(OutputStream stream, ReadOnlyMemory<byte> data) => ValueTask.CompletedTask;

        public ValueTask CompleteAsync() => ValueTask.CompletedTask;
    }
}
