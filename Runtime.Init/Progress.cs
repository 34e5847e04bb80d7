using Rtd.Protocol.Sync;
using Rtd.Protocol.Syscalls;

namespace Rtd.Init;

/// <summary>Which step is under way, so that a failure can say so. rtinit does one thing at a time.</summary>
internal static class Progress
{
    public static InitStep Step { get; set; }

    public static InitError Describe(Exception failure) => failure switch
    {
        SyscallException syscall => new InitError(Step, syscall.Errno, syscall.Message),
        InitException init => new InitError(Step, init.Errno, init.Message),
        _ => new InitError(Step, 0, $"{failure.GetType().Name}: {failure.Message}"),
    };
}
