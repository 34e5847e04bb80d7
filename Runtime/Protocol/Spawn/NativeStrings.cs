using System.Runtime.InteropServices;
using System.Text;

namespace Rtd.Protocol.Spawn;

/// <summary>A NULL-terminated <c>char *[]</c> in native memory, in one allocation: argv, envp.</summary>
internal sealed unsafe class NativeStrings : IDisposable
{
    private void* _memory;

    public NativeStrings(IReadOnlyList<string> strings)
    {
        int pointers = (strings.Count + 1) * sizeof(byte*);
        int bytes = 0;
        foreach (string text in strings)
        {
            bytes += Encoding.UTF8.GetByteCount(text) + 1;
        }

        _memory = NativeMemory.Alloc((nuint)(pointers + bytes));
        byte** table = (byte**)_memory;
        byte* next = (byte*)_memory + pointers;
        for (int i = 0; i < strings.Count; i++)
        {
            table[i] = next;
            int length = Encoding.UTF8.GetBytes(strings[i], new Span<byte>(next, bytes));
            next[length] = 0;
            next += length + 1;
            bytes -= length + 1;
        }

        table[strings.Count] = null;
    }

    ~NativeStrings() => Free();

    public byte** Pointer => (byte**)_memory;

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.Free(_memory);
        _memory = null;
    }
}
