namespace Rtd.Daemon.Security.Seccomp;

/// <summary>Writes classic BPF (<c>struct sock_filter { u16 code; u8 jt, jf; u32 k; }</c>) with forward jumps by label; a conditional jump falls through when false.</summary>
internal sealed class SockFilterAssembler
{
    private const int InstructionSize = 8;

    /// <summary>BPF_LD|BPF_W|BPF_ABS, BPF_ALU|BPF_AND|BPF_K, BPF_RET|BPF_K, BPF_JMP|{BPF_JA, BPF_JEQ, BPF_JGT, BPF_JGE, BPF_JSET}|BPF_K.</summary>
    private const ushort Load = 0x20, AndK = 0x54, Ret = 0x06, Ja = 0x05, Jeq = 0x15, Jgt = 0x25, Jge = 0x35, Jset = 0x45;

    private readonly List<(ushort Code, uint Constant, int? Label)> _instructions = [];
    private readonly List<int> _labels = [];

    public int Label()
    {
        _labels.Add(-1);
        return _labels.Count - 1;
    }

    public void Mark(int label) => _labels[label] = _instructions.Count;

    /// <summary>A = the 32-bit word at an offset of struct seccomp_data.</summary>
    public void LoadWord(uint offset) => _instructions.Add((Load, offset, null));

    public void And(uint constant) => _instructions.Add((AndK, constant, null));

    public void Return(uint action) => _instructions.Add((Ret, action, null));

    public void Jump(int label) => _instructions.Add((Ja, 0, label));

    public void JumpIfEqual(uint constant, int label) => _instructions.Add((Jeq, constant, label));

    public void JumpIfGreater(uint constant, int label) => _instructions.Add((Jgt, constant, label));

    public void JumpIfAtLeast(uint constant, int label) => _instructions.Add((Jge, constant, label));

    public void JumpIfAny(uint constant, int label) => _instructions.Add((Jset, constant, label));

    /// <summary>The instructions in this machine's byte order. A conditional jump reaches 255 instructions.</summary>
    public byte[] Assemble()
    {
        byte[] program = new byte[_instructions.Count * InstructionSize];
        for (int i = 0; i < _instructions.Count; i++)
        {
            var (code, constant, label) = _instructions[i];
            int distance = label is int name ? _labels[name] - i - 1 : 0;
            Span<byte> slot = program.AsSpan(i * InstructionSize, InstructionSize);
            BitConverter.TryWriteBytes(slot, code);
            slot[2] = code == Ja ? (byte)0 : checked((byte)distance);
            BitConverter.TryWriteBytes(slot[4..], code == Ja ? (uint)distance : constant);
        }

        return program;
    }
}
