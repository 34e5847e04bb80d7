namespace Rtd.Tests.Integration.Security;

/// <summary>Runs a seccomp program (the instructions that libseccomp and our prologue use) on a made-up call.</summary>
internal static class SockFilterInterpreter
{
    public static uint Run(ReadOnlySpan<byte> program, uint arch, uint number, params ReadOnlySpan<ulong> arguments)
    {
        byte[] data = new byte[64];
        BitConverter.TryWriteBytes(data, number);
        BitConverter.TryWriteBytes(data.AsSpan(4), arch);
        for (int i = 0; i < arguments.Length; i++)
        {
            BitConverter.TryWriteBytes(data.AsSpan(16 + (8 * i)), arguments[i]);
        }

        uint accumulator = 0;
        for (int at = 0; ; at++)
        {
            ReadOnlySpan<byte> instruction = program.Slice(at * 8, 8);
            ushort code = BitConverter.ToUInt16(instruction);
            uint constant = BitConverter.ToUInt32(instruction[4..]);
            bool taken = false;
            switch (code)
            {
                case 0x20:
                    accumulator = BitConverter.ToUInt32(data, (int)constant);
                    continue;
                case 0x54:
                    accumulator &= constant;
                    continue;
                case 0x06:
                    return constant;
                case 0x05:
                    at += (int)constant;
                    continue;
                case 0x15:
                    taken = accumulator == constant;
                    break;
                case 0x25:
                    taken = accumulator > constant;
                    break;
                case 0x35:
                    taken = accumulator >= constant;
                    break;
                case 0x45:
                    taken = (accumulator & constant) != 0;
                    break;
                default:
                    throw new InvalidOperationException($"instruction {code:x} at {at}");
            }

            at += instruction[taken ? 2 : 3];
        }
    }
}
