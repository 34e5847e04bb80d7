using Rtd.Daemon.Errors;
using Rtd.Daemon.Security;
using Rtd.Daemon.Security.Seccomp;
using Xunit;

namespace Rtd.Tests.Unit.Security;

public sealed class SeccompPolicyTests
{
    [Fact]
    public void No_call_is_in_two_groups_of_the_same_condition()
    {
        string[] names = DefaultProfile.Groups.SelectMany(group => group.Names.Select(name => $"{name} {group.Capabilities:x}")).ToArray();
        Assert.Equal(names.Distinct().Count(), names.Length);
    }

    [Theory]
    [InlineData("keyctl")]
    [InlineData("io_uring_setup")]
    [InlineData("userfaultfd")]
    [InlineData("kexec_load")]
    [InlineData("pivot_root")]
    public void Some_calls_are_for_nobody(string name) =>
        Assert.DoesNotContain(DefaultProfile.For(ulong.MaxValue).Rules, rule => rule.Names.Contains(name));

    [Fact]
    public void Capabilities_unlock_their_calls()
    {
        Assert.DoesNotContain(DefaultProfile.For(Capabilities.Default).Rules, rule => rule.Names.Contains("mount"));
        Assert.Contains(DefaultProfile.For(Capabilities.Mask("CAP_SYS_ADMIN")).Rules, rule => rule.Names.Contains("mount"));
        Assert.Contains(DefaultProfile.For(Capabilities.Default).Rules, rule => rule.Names.Contains("chroot"));
        Assert.DoesNotContain(DefaultProfile.For(0).Rules, rule => rule.Names.Contains("chroot"));
    }

    [Fact]
    public void Common_numbers_are_those_of_the_kernel()
    {
        Assert.True(NewSyscalls.TryGetNumber("clone3", out uint clone3));
        Assert.Equal(435u, clone3);
        Assert.True(NewSyscalls.TryGetNumber("set_mempolicy_home_node", out uint homeNode));
        Assert.Equal(450u, homeNode);
        Assert.True(NewSyscalls.TryGetNumber("mseal", out uint mseal));
        Assert.Equal(462u, mseal);
        Assert.Equal(466u, NewSyscalls.Newest);
        Assert.False(NewSyscalls.TryGetNumber("read", out _));
    }

    [Fact]
    public void A_custom_profile_is_read_with_its_conditions()
    {
        const string profile = """
            {"defaultAction":"SCMP_ACT_ERRNO","defaultErrnoRet":38,"syscalls":[
              {"names":["read","write"],"action":"SCMP_ACT_ALLOW"},
              {"name":"mount","action":"SCMP_ACT_ALLOW","includes":{"caps":["CAP_SYS_ADMIN"]}},
              {"names":["umount2"],"action":"SCMP_ACT_ALLOW","excludes":{"caps":["CAP_SYS_ADMIN"]}},
              {"names":["s390_runtime_instr"],"action":"SCMP_ACT_ALLOW","includes":{"arches":["s390x"]}},
              {"names":["ptrace"],"action":"SCMP_ACT_ALLOW","includes":{"minKernel":"4.8"}},
              {"names":["bpf"],"action":"SCMP_ACT_ALLOW","includes":{"minKernel":"99.0"}},
              {"names":["personality"],"action":"SCMP_ACT_ALLOW","args":[{"index":0,"value":8,"op":"SCMP_CMP_EQ"},{"index":0,"value":0,"op":"SCMP_CMP_EQ"}]},
              {"names":["keyctl"],"action":"SCMP_ACT_ERRNO","errnoRet":38}
            ]}
            """;
        SeccompPolicy policy = ProfileReader.Read(profile, Capabilities.Mask("CAP_SYS_ADMIN"));
        Assert.Equal(SeccompAction.Errno(38), policy.DefaultAction);
        Assert.Equal(["read write", "mount", "ptrace", "personality", "personality"], policy.Rules.Select(rule => string.Join(' ', rule.Names)));
        Assert.Equal([8UL, 0UL], policy.Rules.Where(rule => rule.Names[0] == "personality").Select(rule => Assert.Single(rule.Arguments).First));
    }

    [Theory]
    [InlineData("{", "Decoding seccomp profile failed")]
    [InlineData("[]", "Decoding seccomp profile failed")]
    [InlineData("{}", "no defaultAction")]
    [InlineData("""{"defaultAction":"SCMP_ACT_NO"}""", "unknown action")]
    [InlineData("""{"defaultAction":"SCMP_ACT_ALLOW","syscalls":5}""", "not a list")]
    [InlineData("""{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[5]}""", "not an object")]
    [InlineData("""{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["read"],"action":"SCMP_ACT_KILL","args":[{"index":9,"op":"SCMP_CMP_EQ"}]}]}""", "argument index 9")]
    [InlineData("""{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["read"],"action":"SCMP_ACT_KILL","args":[{"index":"x","op":"SCMP_CMP_EQ"}]}]}""", "invalid seccomp profile")]
    public void A_bad_profile_is_refused(string profile, string reason)
    {
        EngineException exception = Assert.Throws<EngineException>(() => ProfileReader.Read(profile, 0));
        Assert.Equal(ErrorKind.InvalidParameter, exception.Kind);
        Assert.Contains(reason, exception.Message);
    }
}
