using Rtd.Daemon.Cgroups;
using Rtd.Daemon.Cgroups.V2;
using Xunit;

namespace Rtd.Tests.Unit.Cgroups;

/// <summary>Runs the device programs in a small interpreter of the instructions they use.</summary>
public sealed class DeviceProgramTests
{
    private const uint Block = 1, Char = 2, Mknod = 1, Read = 2, Write = 4;

    private static readonly DeviceRule s_denyAll = new(false, 'a', null, null, "rwm");

    [Theory]
    [InlineData(Char, 1, 3, Read | Write, true)]
    [InlineData(Char, 1, 3, Read | Write | Mknod, true)]
    [InlineData(Char, 1, 3, 0, true)]
    [InlineData(Char, 1, 1, Read, false)]
    [InlineData(Char, 1, 1, Mknod, true)]
    [InlineData(Char, 1, 1, Mknod | Read, false)]
    [InlineData(Char, 136, 7, Read | Write, true)]
    [InlineData(Char, 136, 7, 0, true)]
    [InlineData(Block, 1, 3, Read, false)]
    [InlineData(Block, 8, 0, Read, false)]
    [InlineData(Block, 8, 0, 0, true)]
    [InlineData(Block, 8, 1, Read, true)]
    [InlineData(Block, 8, 1, Write, false)]
    [InlineData(Block, 8, 1, Read | Write, false)]
    public void An_allow_list_lets_through_what_it_names(uint type, uint major, uint minor, uint access, bool allowed)
    {
        DeviceRule[] rules =
        [
            s_denyAll, new(true, 'c', null, null, "m"), new(true, 'b', null, null, "m"), new(true, 'c', 1, 3, "rwm"), new(true, 'c', 136, null, "rwm"),
            new(true, 'b', 8, 1, "r"),
        ];
        Assert.Equal(allowed, Run(rules, type, major, minor, access));
    }

    [Fact]
    public void A_later_deny_takes_away_and_a_later_allow_gives_back()
    {
        DeviceRule[] rules = [new(true, 'c', 1, null, "rwm"), new(false, 'c', 1, 3, "w"), new(true, 'c', 1, 3, "w")];
        Assert.True(Run(rules, Char, 1, 3, Read | Write));
        Assert.False(Run(rules[..2], Char, 1, 3, Read | Write));
        Assert.True(Run(rules[..2], Char, 1, 3, Read));
        Assert.True(Run(rules[..2], Char, 1, 5, Read | Write));
    }

    [Fact]
    public void Access_may_be_allowed_by_several_rules_together()
    {
        DeviceRule[] rules = [s_denyAll, new(true, 'c', 5, 0, "r"), new(true, 'c', 5, 0, "w")];
        Assert.True(Run(rules, Char, 5, 0, Read | Write));
        Assert.False(Run(rules, Char, 5, 0, Read | Write | Mknod));
    }

    [Fact]
    public void Deny_all_denies_all_and_no_rule_allows_all()
    {
        Assert.False(Run([s_denyAll], Char, 1, 3, Read));
        Assert.False(Run([s_denyAll], Char, 1, 3, 0));
        Assert.True(Run([], Char, 1, 3, Read));
        Assert.True(Run([s_denyAll, new(true, 'a', null, null, "rwm")], Block, 8, 0, Read | Write | Mknod));
    }

    [Fact]
    public void Large_numbers_are_compared_whole() =>
        Assert.False(Run([s_denyAll, new(true, 'b', 0xFFF, 0xFFFFF, "r")], Block, 0xFFF, 0xFFFFE, Read));

    private static bool Run(IReadOnlyList<DeviceRule> rules, uint type, uint major, uint minor, uint access)
    {
        uint[] context = [(access << 16) | type, major, minor];
        byte[] code = DeviceProgram.Assemble(rules);
        ulong[] registers = new ulong[11];
        for (int at = 0; ; at++)
        {
            ReadOnlySpan<byte> instruction = code.AsSpan(at * 8, 8);
            int target = instruction[1] & 15;
            int source = instruction[1] >> 4;
            short offset = BitConverter.ToInt16(instruction[2..]);
            int immediate = BitConverter.ToInt32(instruction[4..]);
            switch (instruction[0])
            {
                case 0x61:
                    Assert.Equal(1, source);
                    registers[target] = context[offset / 4];
                    break;
                case 0xbf:
                    registers[target] = registers[source];
                    break;
                case 0xb7:
                    registers[target] = (ulong)immediate;
                    break;
                case 0x54:
                    registers[target] = (uint)registers[target] & (uint)immediate;
                    break;
                case 0x74:
                    registers[target] = (uint)registers[target] >> immediate;
                    break;
                case 0x15:
                    at += registers[target] == (ulong)immediate ? offset : 0;
                    break;
                case 0x55:
                    at += registers[target] != (ulong)immediate ? offset : 0;
                    break;
                case 0x45:
                    at += (registers[target] & (ulong)immediate) != 0 ? offset : 0;
                    break;
                case 0x95:
                    return registers[0] == 1;
                default:
                    Assert.Fail($"unknown instruction {instruction[0]:x2}");
                    break;
            }
        }
    }
}
