using System.Collections.Concurrent;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Security.Seccomp;

/// <summary>Compiles policies by libseccomp, with <see cref="SeccompPrologue"/> in front.</summary>
internal sealed class SeccompCompiler : ISeccompCompiler
{
    private const int InstructionSize = 8;

    /// <summary>BPF_MAXINSNS.</summary>
    private const int MaximumInstructions = 4096;

    private readonly ConcurrentDictionary<(ulong Capabilities, bool KeepQuotas), Lazy<byte[]>> _defaults = [];
    private readonly ulong _relevant = DefaultProfile.RelevantCapabilities;

    public bool Available => Unavailable is null;

    public string? Unavailable { get; } =
        !File.Exists("/proc/sys/kernel/seccomp/actions_avail") ? "the kernel has no seccomp filters (CONFIG_SECCOMP_FILTER, Linux 4.14)"
        : SeccompArchitecture.Machine.Count == 0 ? "no seccomp profile for this architecture"
        : LibSeccomp.Error;

    public byte[] CompileDefault(ulong capabilities, bool keepQuotas = false) =>
        _defaults.GetOrAdd((capabilities & _relevant, keepQuotas), set => new Lazy<byte[]>(() => Compile(DefaultProfile.For(set.Capabilities) with { KeepQuotas = set.KeepQuotas }))).Value;

    /// <summary>A profile in Docker's JSON format (<c>--security-opt seccomp=FILE</c>) for a capability set.</summary>
    public byte[] Compile(string profile, ulong capabilities, bool keepQuotas = false) => Compile(ProfileReader.Read(profile, capabilities) with { KeepQuotas = keepQuotas });

    /// <param name="policy">What to compile.</param>
    /// <param name="binaryTree">The layout; what the program decides does not depend on it.</param>
    internal byte[] Compile(SeccompPolicy policy, bool binaryTree = true)
    {
        LibSeccomp library = LibSeccomp.Instance ?? throw EngineException.System($"seccomp is not available: {Unavailable}");
        List<(uint Number, uint Action)> byNumber = [];
        List<(SeccompArchitecture, uint)> extra = [];
        using SeccompContext context = new(library, policy.DefaultAction);
        if (binaryTree)
        {
            context.UseBinaryTree();
        }

        foreach (SeccompArchitecture architecture in SeccompArchitecture.Machine)
        {
            context.AddArchitecture(architecture.Token);
        }

        foreach (SeccompRule rule in policy.Rules)
        {
            foreach (string name in rule.Names)
            {
                AddRule(library, context, rule, name, byNumber, extra);
            }
        }

        bool allowList = policy.DefaultAction is not (SeccompAction.Allow or SeccompAction.Log);
        byte[] prologue = new SeccompPrologue(policy, byNumber, extra, enosysForNewer: allowList).Assemble();
        byte[] program = [.. prologue, .. context.Export()];
        return program.Length / InstructionSize <= MaximumInstructions
            ? program
            : throw EngineException.InvalidParameter($"seccomp profile is too large: {program.Length / InstructionSize} instructions, the kernel takes {MaximumInstructions}");
    }

    /// <summary>By name where libseccomp knows it. What it does not know goes by number into the prologue, or is left to the default action.</summary>
    private static void AddRule(
        LibSeccomp library, SeccompContext context, SeccompRule rule, string name,
        List<(uint Number, uint Action)> byNumber, List<(SeccompArchitecture, uint)> extra)
    {
        int number = library.seccomp_syscall_resolve_name(name);
        if (number != LibSeccomp.NR_SCMP_ERROR)
        {
            context.AddRule(name, number, rule.Action, rule.Arguments.ToArray());
            return;
        }

        if (rule.Arguments.Count > 0)
        {
            return;
        }

        if (NewSyscalls.TryGetNumber(name, out uint common))
        {
            if (!byNumber.Any(known => known.Number == common))
            {
                byNumber.Add((common, rule.Action));
            }
        }
        else if (rule.Action == SeccompAction.Allow &&
            SeccompArchitecture.Machine.FirstOrDefault(architecture => architecture.ExtraAllowed?.Name == name) is { } owner)
        {
            extra.Add((owner, owner.ExtraAllowed!.Value.Number));
        }
    }
}
