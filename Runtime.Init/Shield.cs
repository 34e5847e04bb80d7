using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Syscalls;

namespace Rtd.Init;

/// <summary>The first thing: out of reach of ptrace and /proc/PID/fd of others, and with the OOM score of the container.</summary>
internal static class Shield
{
    public static void Raise(int? oomScoreAdjust)
    {
        // The score first: once not dumpable, the files below /proc/self belong to the global root, and stay so until execve.
        if (oomScoreAdjust is { } score)
        {
            using SafeFileHandle file = Libc.open("/proc/self/oom_score_adj", Libc.O_WRONLY);
            Libc.write_all(file.Fd(), System.Text.Encoding.ASCII.GetBytes(score.ToString()), $"oom_score_adj {score}");
        }

        Libc.prctl(Libc.PR_SET_DUMPABLE, 0);
    }
}
