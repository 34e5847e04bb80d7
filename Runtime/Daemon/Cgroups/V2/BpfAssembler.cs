using System.Buffers.Binary;

namespace Rtd.Daemon.Cgroups.V2;

/// <summary>Writes eBPF instructions (<c>struct bpf_insn</c>: opcode, registers, offset, immediate) with forward jumps by label.</summary>
internal sealed class BpfAssembler
{
    private const int InstructionSize = 8;

    private readonly List<(byte Opcode, byte Target, byte Source, int Immediate, int? Label)> _instructions = [];
    private readonly List<int> _labels = [];

    /// <summary>A place to jump to, put down later with <see cref="Mark"/>.</summary>
    public int Label()
    {
        _labels.Add(-1);
        return _labels.Count - 1;
    }

    public void Mark(int label) => _labels[label] = _instructions.Count;

    /// <summary>target = *(u32 *)(source + offset); BPF_LDX | BPF_MEM | BPF_W. The offset is kept in the immediate until it is written.</summary>
    public void LoadWord(byte target, byte source, short offset) => _instructions.Add((0x61, target, source, offset, null));

    /// <summary>target = source, 64 bit; BPF_ALU64 | BPF_MOV | BPF_X.</summary>
    public void Move(byte target, byte source) => _instructions.Add((0xbf, target, source, 0, null));

    /// <summary>target = immediate, 64 bit; BPF_ALU64 | BPF_MOV | BPF_K.</summary>
    public void Move(byte target, int immediate) => _instructions.Add((0xb7, target, 0, immediate, null));

    /// <summary>target &amp;= immediate, 32 bit; BPF_ALU | BPF_AND | BPF_K.</summary>
    public void And(byte target, int immediate) => _instructions.Add((0x54, target, 0, immediate, null));

    /// <summary>target >>= immediate, 32 bit; BPF_ALU | BPF_RSH | BPF_K.</summary>
    public void ShiftRight(byte target, int immediate) => _instructions.Add((0x74, target, 0, immediate, null));

    /// <summary>if target == immediate goto label; BPF_JMP | BPF_JEQ | BPF_K.</summary>
    public void JumpIfEqual(byte target, int immediate, int label) => _instructions.Add((0x15, target, 0, immediate, label));

    /// <summary>if target != immediate goto label; BPF_JMP | BPF_JNE | BPF_K.</summary>
    public void JumpIfNotEqual(byte target, int immediate, int label) => _instructions.Add((0x55, target, 0, immediate, label));

    /// <summary>if target &amp; immediate goto label; BPF_JMP | BPF_JSET | BPF_K.</summary>
    public void JumpIfAny(byte target, int immediate, int label) => _instructions.Add((0x45, target, 0, immediate, label));

    /// <summary>return r0; BPF_JMP | BPF_EXIT.</summary>
    public void Exit() => _instructions.Add((0x95, 0, 0, 0, null));

    /// <summary>The program in this machine's byte order.</summary>
    public byte[] Assemble()
    {
        byte[] program = new byte[_instructions.Count * InstructionSize];
        for (int i = 0; i < _instructions.Count; i++)
        {
            var (opcode, target, source, immediate, label) = _instructions[i];
            bool load = opcode == 0x61;
            int offset = label is int name ? _labels[name] - i - 1 : load ? immediate : 0;
            Span<byte> slot = program.AsSpan(i * InstructionSize, InstructionSize);
            slot[0] = opcode;
            slot[1] = (byte)(BitConverter.IsLittleEndian ? target | (source << 4) : (target << 4) | source);
            Write(slot[2..], checked((short)offset));
            Write(slot[4..], load ? 0 : immediate);
        }

        return program;
    }

    private static void Write(Span<byte> slot, short value)
    {
        if (BitConverter.IsLittleEndian)
        {
            BinaryPrimitives.WriteInt16LittleEndian(slot, value);
        }
        else
        {
            BinaryPrimitives.WriteInt16BigEndian(slot, value);
        }
    }

    private static void Write(Span<byte> slot, int value)
    {
        if (BitConverter.IsLittleEndian)
        {
            BinaryPrimitives.WriteInt32LittleEndian(slot, value);
        }
        else
        {
            BinaryPrimitives.WriteInt32BigEndian(slot, value);
        }
    }
}
