using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Rtd.Daemon.Errors;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Security.Seccomp;

/// <summary>Reads a seccomp profile in Docker's JSON format and decides what of it applies to a container.</summary>
/// <remarks>The <c>archMap</c> is not looked at: a program always covers every instruction set that the machine runs, or it would have a way around.</remarks>
internal static class ProfileReader
{
    private const int MaximumDepth = 16;

    public static SeccompPolicy Read(string profile, ulong capabilities)
    {
        try
        {
            return Read(Parse(profile), capabilities);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or OverflowException or InvalidCastException)
        {
            // A value of the wrong JSON type.
            throw EngineException.InvalidParameter($"invalid seccomp profile: {exception.Message}", exception);
        }
    }

    private static SeccompPolicy Read(JObject root, ulong capabilities)
    {
        if (root["defaultAction"] is null)
        {
            throw Invalid("it has no defaultAction");
        }

        uint defaultAction = Action(root["defaultAction"], root["defaultErrnoRet"]);
        List<SeccompRule> rules = [];
        foreach (JToken token in Array(root["syscalls"], "syscalls"))
        {
            JObject entry = token as JObject ?? throw Invalid("syscalls has something that is not an object");
            if (!Applies(entry, capabilities))
            {
                continue;
            }

            uint action = Action(entry["action"], entry["errnoRet"]);

            // libseccomp refuses a rule that does what happens anyway.
            if (action != defaultAction)
            {
                rules.AddRange(Rules(entry, action));
            }
        }

        return new SeccompPolicy { DefaultAction = defaultAction, Rules = rules };
    }

    private static JObject Parse(string profile)
    {
        try
        {
            using JsonTextReader reader = new(new StringReader(profile)) { MaxDepth = MaximumDepth };
            return JObject.Load(reader);
        }
        catch (JsonException exception)
        {
            throw EngineException.InvalidParameter($"Decoding seccomp profile failed: {exception.Message}", exception);
        }
    }

    /// <summary>One rule, or several when an argument is compared more than once: libseccomp takes each argument once per rule, and Docker reads those as "or".</summary>
    private static IEnumerable<SeccompRule> Rules(JObject entry, uint action)
    {
        string[] names = Array(entry["names"], "names").Select(name => (string)name!).ToArray();
        if (names.Length == 0 && (string?)entry["name"] is string single)
        {
            names = [single];
        }

        ArgumentFilter[] arguments = Array(entry["args"], "args").Select(Argument).ToArray();
        bool repeated = arguments.GroupBy(argument => argument.Index).Any(group => group.Count() > 1);
        return repeated ? arguments.Select(argument => new SeccompRule(names, action, [argument])) : [new SeccompRule(names, action, arguments)];
    }

    private static ArgumentFilter Argument(JToken token)
    {
        uint index = (uint?)token["index"] ?? 0;
        ulong value = (ulong?)token["value"] ?? 0;
        ulong second = (ulong?)token["valueTwo"] ?? 0;
        ArgumentComparison comparison = (string?)token["op"] switch
        {
            "SCMP_CMP_NE" => ArgumentComparison.NotEqual,
            "SCMP_CMP_LT" => ArgumentComparison.Less,
            "SCMP_CMP_LE" => ArgumentComparison.LessOrEqual,
            "SCMP_CMP_EQ" => ArgumentComparison.Equal,
            "SCMP_CMP_GE" => ArgumentComparison.GreaterOrEqual,
            "SCMP_CMP_GT" => ArgumentComparison.Greater,
            "SCMP_CMP_MASKED_EQ" => ArgumentComparison.MaskedEqual,
            var other => throw Invalid($"unknown operator \"{other}\""),
        };
        return index < 6 ? new ArgumentFilter(index, comparison, value, second) : throw Invalid($"argument index {index} is too large");
    }

    private static uint Action(JToken? action, JToken? errno)
    {
        int value = (int?)errno ?? Libc.EPERM;
        return (string?)action switch
        {
            "SCMP_ACT_ALLOW" => SeccompAction.Allow,
            "SCMP_ACT_ERRNO" => SeccompAction.Errno(value),
            "SCMP_ACT_KILL" or "SCMP_ACT_KILL_THREAD" => SeccompAction.KillThread,
            "SCMP_ACT_KILL_PROCESS" => SeccompAction.KillProcess,
            "SCMP_ACT_TRAP" => SeccompAction.Trap,
            "SCMP_ACT_TRACE" => SeccompAction.Trace(value),
            "SCMP_ACT_LOG" => SeccompAction.Log,
            var other => throw Invalid($"unknown action \"{other}\""),
        };
    }

    /// <summary>All of <c>includes</c> and none of <c>excludes</c>; capabilities and kernels within one list are alternatives in excludes and joint in includes.</summary>
    private static bool Applies(JObject entry, ulong capabilities)
    {
        JToken? includes = entry["includes"];
        JToken? excludes = entry["excludes"];
        return Capabilities(includes).All(mask => (capabilities & mask) != 0)
            && !Capabilities(excludes).Any(mask => (capabilities & mask) != 0)
            && (Strings(includes, "arches") is not { Length: > 0 } wanted || wanted.Contains(SeccompArchitecture.MachineName))
            && !Strings(excludes, "arches").Contains(SeccompArchitecture.MachineName)
            && (KernelVersion(includes) is not { } minimum || Environment.OSVersion.Version >= minimum)
            && (KernelVersion(excludes) is not { } maximum || Environment.OSVersion.Version < maximum);
    }

    private static IEnumerable<ulong> Capabilities(JToken? condition) =>
        Strings(condition, "caps").Select(name => Security.Capabilities.TryMask(name) ?? throw Invalid($"unknown capability \"{name}\""));

    private static Version? KernelVersion(JToken? condition)
    {
        string? text = (string?)condition?["minKernel"];
        return text is null ? null : Version.TryParse(text, out Version? version) ? version : throw Invalid($"invalid kernel version \"{text}\"");
    }

    private static string[] Strings(JToken? condition, string name) =>
        condition is JObject known ? Array(known[name], name).Select(token => (string)token!).ToArray() : [];

    private static IEnumerable<JToken> Array(JToken? token, string name) => token switch
    {
        null or JValue { Value: null } => [],
        JArray array => array,
        _ => throw Invalid($"{name} is not a list"),
    };

    private static EngineException Invalid(string what) => EngineException.InvalidParameter($"invalid seccomp profile: {what}");
}
