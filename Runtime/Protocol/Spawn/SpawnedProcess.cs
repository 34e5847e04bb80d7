using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Syscalls;

namespace Rtd.Protocol.Spawn;

/// <summary>A child: its pid in our pid namespace, and the pidfd by which it is signalled and reaped. The owner must reap it.</summary>
internal readonly record struct SpawnedProcess(int Pid, SafeFileHandle Pidfd)
{
    /// <summary>That of a pidfd which another process made, maybe one in another pid namespace.</summary>
    /// <exception cref="InvalidDataException">It is no pidfd, or not that of a process which can be seen from here.</exception>
    public static SpawnedProcess Of(SafeFileHandle pidfd)
    {
        const string Field = "Pid:";
        using SafeFileHandle file = Libc.open($"/proc/self/fdinfo/{pidfd.Fd()}", Libc.O_RDONLY);
        Span<byte> buffer = stackalloc byte[1024];
        int count = Libc.try_read(file.Fd(), buffer);
        if (count < 0)
        {
            throw new SyscallException("read", -count, "fdinfo of a pidfd");
        }

        string? line = Encoding.ASCII.GetString(buffer[..count]).Split('\n').FirstOrDefault(static line => line.StartsWith(Field, StringComparison.Ordinal));
        return line is not null && int.Parse(line.AsSpan(Field.Length), NumberStyles.AllowLeadingWhite | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) is > 0 and int pid
            ? new SpawnedProcess(pid, pidfd)
            : throw new InvalidDataException("not a pidfd of a process in this pid namespace");
    }
}
