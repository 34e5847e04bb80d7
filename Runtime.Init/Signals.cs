using Rtd.Protocol.Syscalls;

namespace Rtd.Init;

/// <summary>Undoes what survives an execve of the runtime's and the daemon's signal handling: ignored signals (SIGPIPE) and the mask.</summary>
internal static class Signals
{
    private const int LastClassicSignal = 31;

    /// <summary>Faults stay with the runtime until execve: they could only be its own.</summary>
    private static readonly int[] s_faults = [4, 5, 7, 8, 11];

    public static void Reset()
    {
        SetDefaults();
        Libc.pthread_sigmask(default);
    }

    /// <summary>The same without the mask.</summary>
    public static void SetDefaults()
    {
        for (int signal = 1; signal <= LastClassicSignal; signal++)
        {
            if (signal != Libc.SIGKILL && signal != Libc.SIGSTOP && !s_faults.Contains(signal))
            {
                Libc.signal_default(signal);
            }
        }
    }
}
