using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Execution;

/// <summary>A child of the daemon.</summary>
internal sealed class OwnChild(int pid, SafeFileHandle pidfd) : ChildProcess(pid, pidfd)
{
    private Task<ExitStatus>? _ended;

    public override Task<ExitStatus> WaitAsync() => _ended ??= ReapAsync();

    private async Task<ExitStatus> ReapAsync()
    {
        int? code;
        while ((code = Libc.waitid_pidfd(Pidfd.Handle.Fd(), block: false)) is null)
        {
            await Pidfd.ReadableAsync();
        }

        return new ExitStatus(code.Value, DateTimeOffset.UtcNow);
    }
}
