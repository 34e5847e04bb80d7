using Newtonsoft.Json.Linq;
using Rtd.Daemon.Security.Seccomp;

namespace Rtd.Daemon.Execution.Oci;

/// <summary>A policy in the words of the runtime specification: runtimes compile filters themselves.</summary>
internal static class OciSeccomp
{
    private const uint DataMask = 0xffff, AfAlg = 38, AfVsock = 40;

    public static JObject Build(SeccompPolicy policy)
    {
        JObject json = Action(policy.DefaultAction, "defaultAction", "defaultErrnoRet");
        json["architectures"] = new JArray(SeccompArchitecture.Machine.Select(architecture => architecture.Name));
        json["syscalls"] = new JArray(policy.Rules.Select(rule => Rule(rule, policy.DenySocketFamilies)).Concat(policy.DenySocketFamilies ? SocketFamilies() : []));
        return json;
    }

    private static JObject Rule(SeccompRule rule, bool withoutSocket)
    {
        JObject json = Action(rule.Action, "action", "errnoRet");
        json["names"] = new JArray(withoutSocket ? rule.Names.Where(name => name != "socket") : rule.Names);
        if (rule.Arguments.Count > 0)
        {
            json["args"] = new JArray(rule.Arguments.Select(argument => Argument(argument.Index, Comparison(argument.Comparison), argument.First, argument.Second)));
        }

        return json;
    }

    /// <summary>All but the two, as ranges, since rules of a filter cannot take back what others allow.</summary>
    private static IEnumerable<JObject> SocketFamilies()
    {
        foreach ((string comparison, uint family) in ((string, uint)[])[("SCMP_CMP_LT", AfAlg), ("SCMP_CMP_EQ", AfAlg + 1), ("SCMP_CMP_GT", AfVsock)])
        {
            yield return new JObject
            {
                ["names"] = new JArray("socket"),
                ["action"] = "SCMP_ACT_ALLOW",
                ["args"] = new JArray(Argument(0, comparison, family, 0)),
            };
        }
    }

    private static JObject Argument(uint index, string comparison, ulong first, ulong second) =>
        new() { ["index"] = index, ["value"] = first, ["valueTwo"] = second, ["op"] = comparison };

    private static JObject Action(uint action, string name, string errnoName)
    {
        (string word, bool hasErrno) = (action & ~DataMask) switch
        {
            SeccompAction.Allow => ("SCMP_ACT_ALLOW", false),
            SeccompAction.Log => ("SCMP_ACT_LOG", false),
            SeccompAction.Trap => ("SCMP_ACT_TRAP", false),
            SeccompAction.Notify => ("SCMP_ACT_NOTIFY", false),
            SeccompAction.KillProcess => ("SCMP_ACT_KILL_PROCESS", false),
            SeccompAction.KillThread => ("SCMP_ACT_KILL_THREAD", false),
            0x00050000 => ("SCMP_ACT_ERRNO", true),
            _ => ("SCMP_ACT_TRACE", true),
        };
        JObject json = new() { [name] = word };
        if (hasErrno)
        {
            json[errnoName] = action & DataMask;
        }

        return json;
    }

    private static string Comparison(ArgumentComparison comparison) => comparison switch
    {
        ArgumentComparison.NotEqual => "SCMP_CMP_NE",
        ArgumentComparison.Less => "SCMP_CMP_LT",
        ArgumentComparison.LessOrEqual => "SCMP_CMP_LE",
        ArgumentComparison.Equal => "SCMP_CMP_EQ",
        ArgumentComparison.GreaterOrEqual => "SCMP_CMP_GE",
        ArgumentComparison.Greater => "SCMP_CMP_GT",
        _ => "SCMP_CMP_MASKED_EQ",
    };
}
