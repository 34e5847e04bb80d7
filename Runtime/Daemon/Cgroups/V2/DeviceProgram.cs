namespace Rtd.Daemon.Cgroups.V2;

/// <summary>
/// The device controller of v2: an eBPF program that the kernel asks at every mknod and open of a device node
/// (<c>struct bpf_cgroup_dev_ctx { u32 access_type; u32 major; u32 minor; }</c>, access_type = access &lt;&lt; 16 | type).
/// </summary>
/// <remarks>
/// The rules are checked from the last to the first, and each bit of the asked access (read, write, mknod) is decided by the last rule that
/// names the device and the bit. A check for no bit (access(2) with X_OK; an open always asks for one) passes by any allow rule for the device
/// and fails by a full deny, as v1 has it. What no rule decides is allowed, as in a new v1 cgroup; the callers' lists begin with "deny all".
/// </remarks>
internal static class DeviceProgram
{
    private const byte Result = 0, Context = 1, Type = 2, Access = 3, Major = 4, Minor = 5;

    private const int DeviceBlock = 1, DeviceChar = 2;
    private const int AccessMknod = 1, AccessRead = 2, AccessWrite = 4, AccessAll = 7;

    public static byte[] Assemble(IReadOnlyList<DeviceRule> rules)
    {
        BpfAssembler code = new();
        int allow = code.Label();
        int deny = code.Label();

        code.LoadWord(Access, Context, 0);
        code.Move(Type, Access);
        code.And(Type, 0xFFFF);
        code.ShiftRight(Access, 16);
        code.LoadWord(Major, Context, 4);
        code.LoadWord(Minor, Context, 8);

        foreach (DeviceRule rule in rules.Reverse())
        {
            AddRule(code, rule, allow, deny);
        }

        code.Mark(allow);
        code.Move(Result, 1);
        code.Exit();
        code.Mark(deny);
        code.Move(Result, 0);
        code.Exit();
        return code.Assemble();
    }

    private static void AddRule(BpfAssembler code, DeviceRule rule, int allow, int deny)
    {
        int next = code.Label();
        if (rule.Type is 'b' or 'c')
        {
            code.JumpIfNotEqual(Type, rule.Type == 'b' ? DeviceBlock : DeviceChar, next);
        }

        if (rule.Major is uint major)
        {
            code.JumpIfNotEqual(Major, (int)major, next);
        }

        if (rule.Minor is uint minor)
        {
            code.JumpIfNotEqual(Minor, (int)minor, next);
        }

        int bits = Bits(rule.Access);
        if (rule.Allow)
        {
            code.And(Access, AccessAll & ~bits);
            code.JumpIfEqual(Access, 0, allow);
        }
        else if (bits == AccessAll)
        {
            // With or without a bit asked for.
            code.JumpIfAny(Access, AccessAll, deny);
            code.JumpIfEqual(Access, 0, deny);
        }
        else
        {
            code.JumpIfAny(Access, bits, deny);
        }

        code.Mark(next);
    }

    private static int Bits(string access)
    {
        int bits = 0;
        foreach (char letter in access)
        {
            bits |= letter switch
            {
                'r' => AccessRead,
                'w' => AccessWrite,
                'm' => AccessMknod,
                _ => throw new ArgumentOutOfRangeException(nameof(access), access, null),
            };
        }

        return bits;
    }
}
