using System.Runtime.InteropServices;
using Rtd.Daemon.Security;
using Rtd.Daemon.Security.Seccomp;
using Rtd.Protocol.Syscalls;
using Xunit;

namespace Rtd.Tests.Integration.Security;

/// <summary>The built-in profile, in force.</summary>
public sealed class SeccompFilterTests(SeccompProbe probe) : IClassFixture<SeccompProbe>
{
    private static readonly SeccompCompiler s_compiler = new();

    private static readonly byte[] s_default = s_compiler.CompileDefault(Capabilities.Default);

    [Fact]
    public void It_is_available_and_fits_the_wire()
    {
        Assert.Null(s_compiler.Unavailable);
        Assert.True(s_compiler.Available);
        Assert.Equal(0, s_default.Length % 8);
        Assert.InRange(s_default.Length / 8, 100, 4096);
    }

    [Fact]
    public void Sets_that_differ_in_nothing_relevant_share_a_program()
    {
        Assert.Same(s_default, s_compiler.CompileDefault(Capabilities.Default & ~Capabilities.Mask("CAP_NET_RAW")));
        Assert.NotSame(s_default, s_compiler.CompileDefault(Capabilities.Default | Capabilities.Mask("CAP_SYS_ADMIN")));
    }

    [Theory]
    [InlineData("keyctl", 250, 0, 0)]
    [InlineData("add_key", 248, 0, 0)]
    [InlineData("bpf", 321, 0, 0)]
    [InlineData("mount", 165, 0, 0)]
    [InlineData("unshare NEWUSER", 272, 0x10000000, 0)]
    [InlineData("clone NEWUSER", 56, 0x10000011, 0)]
    [InlineData("clone NEWNS", 56, 0x00020011, 0)]
    [InlineData("io_uring_setup", 425, 1, 0)]
    [InlineData("userfaultfd", 323, 0, 0)]
    [InlineData("open_by_handle_at", 304, 0, 0)]
    [InlineData("kexec_load", 246, 0, 0)]
    [InlineData("personality ADDR_NO_RANDOMIZE", 135, 0x0040000, 0)]
    [InlineData("personality, high bit", 135, 0x100040000, 0)]
    [InlineData("AF_ALG", 41, 38, 5)]
    [InlineData("AF_ALG, high bit", 41, 0x100000026, 5)]
    [InlineData("AF_ALG, sign bit", 41, 0x8000000000000026, 5)]
    [InlineData("AF_VSOCK", 41, 40, 1)]
    [InlineData("lsm_get_self_attr, unknown to older libseccomp", 459, 0, 0)]
    [InlineData("x32 keyctl", 0x400000fa, 0, 0)]
    [InlineData("x32 AF_ALG", 0x40000029, 38, 5)]
    public void Denied_calls_give_EPERM(string what, ulong number, ulong first, ulong second) =>
        Assert.Equal((what, Libc.EPERM), (what, probe.Errno(s_default, "native", number, first, second)));

    [Theory]
    [InlineData("clone3", 435, 0, 0)]
    [InlineData("a call of the future", 900, 0, 0)]
    [InlineData("open_tree_attr, newer than the profile", 467, 0, 0)]
    public void Calls_with_a_fallback_give_ENOSYS(string what, ulong number, ulong first, ulong second) =>
        Assert.Equal((what, Libc.ENOSYS), (what, probe.Errno(s_default, "native", number, first, second)));

    [Theory]
    [InlineData("AF_UNIX", 41, 1, 1, 0)]
    [InlineData("AF_INET", 41, 2, 1, 0)]
    [InlineData("AF_NETLINK", 41, 16, 3, 0)]
    [InlineData("clone SIGCHLD", 56, 17, 0, 0)]
    [InlineData("personality query", 135, 0xffffffff, 0, 0)]
    [InlineData("personality query, sign extended", 135, 0xffffffffffffffff, 0, 0)]
    [InlineData("personality PER_LINUX32", 135, 8, 0, 0)]
    [InlineData("getpid", 39, 0, 0, 0)]
    [InlineData("fchmodat2 of no directory", 452, 0xffffffffffffffff, 0, Libc.EFAULT)]
    [InlineData("mseal of an odd address", 462, 1, 1, Libc.EINVAL)]
    [InlineData("futex_wake of no address", 454, 1, 0, Libc.EINVAL)]
    [InlineData("chroot to nothing", 161, 0, 0, Libc.EFAULT)]
    public void Allowed_calls_reach_the_kernel(string what, ulong number, ulong first, ulong second, int errno) =>
        Assert.Equal((what, errno), (what, probe.Errno(s_default, "native", number, first, second)));

    [Theory]
    [InlineData("getpid", 20, 0, 0, 0)]
    [InlineData("socket AF_INET", 359, 2, 1, 0)]
    [InlineData("socket AF_ALG", 359, 38, 5, Libc.EPERM)]
    [InlineData("socket AF_VSOCK", 359, 40, 1, Libc.EPERM)]
    [InlineData("socketcall SYS_SOCKET", 102, 1, 0, Libc.ENOSYS)]
    [InlineData("socketcall SYS_BIND with a bad pointer", 102, 2, 0, Libc.EFAULT)]
    [InlineData("keyctl", 288, 0, 0, Libc.EPERM)]
    [InlineData("bpf", 357, 0, 0, Libc.EPERM)]
    [InlineData("mount", 21, 0, 0, Libc.EPERM)]
    [InlineData("unshare NEWUSER", 310, 0x10000000, 0, Libc.EPERM)]
    [InlineData("clone NEWUSER", 120, 0x10000011, 0, Libc.EPERM)]
    [InlineData("clone3", 435, 0, 0, Libc.ENOSYS)]
    [InlineData("a call of the future", 900, 0, 0, Libc.ENOSYS)]
    [InlineData("fchmodat2 of no directory", 452, 0xffffffff, 0, Libc.EFAULT)]
    public void The_32_bit_door_is_no_way_around(string what, ulong number, ulong first, ulong second, int errno) =>
        Assert.Equal((what, errno), (what, probe.Errno(s_default, "i386", number, first, second)));

    /// <summary>What a container does that is held to a size, by each door; without a size they reach the kernel.</summary>
    [Theory]
    [InlineData("FS_IOC_FSSETXATTR", "native", 16, 0x401C5820)]
    [InlineData("FS_IOC_FSSETXATTR with a high bit", "native", 16, 0x1401C5820)]
    [InlineData("FS_IOC_SETFLAGS", "native", 16, 0x40086602)]
    [InlineData("BTRFS_IOC_SNAP_CREATE", "native", 16, 0x50009401)]
    [InlineData("BTRFS_IOC_SUBVOL_CREATE", "native", 16, 0x5000940E)]
    [InlineData("BTRFS_IOC_SNAP_CREATE_V2", "native", 16, 0x50009417)]
    [InlineData("BTRFS_IOC_SUBVOL_CREATE_V2", "native", 16, 0x50009418)]
    [InlineData("FS_IOC_FSSETXATTR", "i386", 54, 0x401C5820)]
    [InlineData("FS_IOC32_SETFLAGS", "i386", 54, 0x40046602)]
    public void Quotas_are_kept_where_there_are_any(string what, string door, ulong number, ulong request)
    {
        const ulong NoFile = 0x7FFFFFFF;
        byte[] kept = s_compiler.CompileDefault(Capabilities.Default, keepQuotas: true);
        Assert.Equal((what, Libc.EPERM), (what, probe.Errno(kept, door, number, NoFile, request)));
        Assert.Equal((what, Libc.EBADF), (what, probe.Errno(s_default, door, number, NoFile, request)));
        Assert.Equal((what, Libc.EBADF), (what, probe.Errno(kept, door, number, NoFile, 0x5401)));
        Assert.Equal(Libc.EPERM, probe.Errno(s_compiler.Compile("""{"defaultAction":"SCMP_ACT_ALLOW"}""", 0, keepQuotas: true), door, number, NoFile, request));
    }

    [Fact]
    public void Capabilities_open_their_calls()
    {
        byte[] admin = s_compiler.CompileDefault(Capabilities.Mask("CAP_SYS_ADMIN"));
        Assert.Equal(Libc.EINVAL, probe.Errno(admin, "native", 435, 0, 0));
        Assert.Equal(Libc.EPERM, probe.Errno(admin, "native", 41, 38, 5));
        Assert.Equal(Libc.EPERM, probe.Errno(admin, "native", 161, 0, 0));
        byte[] readSearch = s_compiler.CompileDefault(Capabilities.Mask("CAP_DAC_READ_SEARCH"));
        Assert.NotEqual(Libc.EPERM, probe.Errno(readSearch, "native", 304, ulong.MaxValue, 0));
    }

    [Theory]
    [InlineData("sh", "-c", "ls -l /proc/self/fd | sort | head -3 && sleep 0.01 & wait && echo fine")]
    [InlineData("perl", "-e", "use Socket; socket(my $s, PF_INET, SOCK_STREAM, 0) or die; $p = fork // die; exit 0 unless $p; waitpid $p, 0; print qq(fine\\n)")]
    [InlineData("bash", "-c", "cd /tmp && f=$(mktemp) && echo x >$f && cat <(cat $f) && rm $f && echo fine")]
    public void Ordinary_programs_run(params string[] command)
    {
        (int status, string output) = probe.Execute(s_default, command);
        Assert.Equal(0, status);
        Assert.EndsWith("fine\n", output);
    }

    [Fact]
    public void A_custom_profile_is_in_force()
    {
        const string profile = """
            {"defaultAction":"SCMP_ACT_ALLOW","syscalls":[
              {"names":["mkdir","mkdirat"],"action":"SCMP_ACT_ERRNO","errnoRet":122},
              {"names":["no_such_call"],"action":"SCMP_ACT_KILL"}]}
            """;
        byte[] filter = s_compiler.Compile(profile, 0);
        Assert.Equal(Libc.EDQUOT, probe.Errno(filter, "native", 83, 0, 0));
        Assert.Equal(0, probe.Errno(filter, "native", 39));
        Assert.Equal(0, probe.Execute(filter, "true").Status);
    }

    [Fact]
    public void Its_layout_changes_nothing_for_any_call_of_any_instruction_set()
    {
        SeccompPolicy policy = DefaultProfile.For(Capabilities.Default);
        byte[] list = s_compiler.Compile(policy, binaryTree: false);
        ulong[][] arguments = [[], [8], [0x10000000], [0x7E020000], [38], [40], [0x100000026], [1], [ulong.MaxValue]];
        foreach (uint arch in SeccompArchitecture.Machine.Select(architecture => architecture.Audit).Append(0x80000016u).Distinct())
        {
            foreach (uint number in Enumerable.Range(0, 1100).Select(i => (uint)i).SelectMany(i => (uint[])[i, i | SeccompArchitecture.X32Bit]).Append(uint.MaxValue))
            {
                foreach (ulong[] given in arguments)
                {
                    uint expected = SockFilterInterpreter.Run(list, arch, number, given);
                    uint actual = SockFilterInterpreter.Run(s_default, arch, number, given);
                    Assert.True(expected == actual, $"arch {arch:x} call {number:x} argument {given.FirstOrDefault():x}: {expected:x} as a list, {actual:x} as a tree");
                }
            }
        }
    }

    /// <summary>To be run by hand after a change of the table: RTD_SECCOMP_REFERENCE names Docker's default.json.</summary>
    [ReferenceProfileFact]
    public void It_allows_what_the_reference_profile_allows()
    {
        string reference = File.ReadAllText(Environment.GetEnvironmentVariable(ReferenceProfileFactAttribute.Variable)!);
        foreach (ulong capabilities in (ulong[])[Capabilities.Default, 0, ulong.MaxValue >> 23, Capabilities.Mask("CAP_SYS_ADMIN"), Capabilities.Mask("CAP_SYS_PTRACE")])
        {
            Assert.Equal(Allowed(ProfileReader.Read(reference, capabilities)), Allowed(DefaultProfile.For(capabilities)));
        }
    }

    private static SortedSet<string> Allowed(SeccompPolicy policy)
    {
        // Of other machines, and the two whose arguments are looked at elsewhere.
        string[] apart = ["riscv_hwprobe", "uretprobe"];
        SortedSet<string> names = new(policy.Rules.Where(rule => rule.Action == SeccompAction.Allow).SelectMany(rule => rule.Names), StringComparer.Ordinal);
        names.ExceptWith(apart);
        if (RuntimeInformation.ProcessArchitecture == Architecture.X64)
        {
            names.RemoveWhere(name => DefaultProfile.Groups.Single(group => group.Theme == "arm").Names.Contains(name));
        }

        return names;
    }
}
