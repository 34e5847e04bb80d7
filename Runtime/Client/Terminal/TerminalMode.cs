using System.Runtime.InteropServices;

namespace Rtd.Client.Terminal;

/// <summary>A terminal in raw mode: each key goes to the container as it is. The old settings come back on every way out, also by a signal or a crash.</summary>
internal sealed class TerminalMode : IDisposable
{
    private static readonly Lock s_lock = new();
    private static TerminalMode? s_active;

    private readonly int _fd;
    private readonly Libc.Termios _saved;
    private readonly List<PosixSignalRegistration> _registrations = [];

    private TerminalMode(int fd, Libc.Termios saved)
    {
        _fd = fd;
        _saved = saved;
    }

    /// <summary>Makes a terminal raw; null when the descriptor is none.</summary>
    public static TerminalMode? EnterRaw(int fd)
    {
        if (!Libc.isatty(fd) || !Libc.tcgetattr(fd, out Libc.Termios saved))
        {
            return null;
        }

        TerminalMode mode = new(fd, saved);
        lock (s_lock)
        {
            s_active = mode;
        }

        mode.Watch();
        mode.Apply();
        return mode;
    }

    /// <summary>Gives the terminal back if one is raw.</summary>
    public static void RestoreAll()
    {
        lock (s_lock)
        {
            s_active?.Restore();
            s_active = null;
        }
    }

    public void Dispose()
    {
        RestoreAll();
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }
    }

    private void Apply()
    {
        Libc.Termios raw = _saved;
        Libc.cfmakeraw(ref raw);
        Libc.tcsetattr(_fd, Libc.TCSANOW, raw);
    }

    private void Restore() => Libc.tcsetattr(_fd, Libc.TCSANOW, _saved);

    /// <summary>A signal that ends us restores first and then takes its course; after a stop from outside the shell may have changed the settings.</summary>
    private void Watch()
    {
        AppDomain.CurrentDomain.UnhandledException += (_, _) => RestoreAll();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => RestoreAll();
        foreach (PosixSignal signal in new[] { PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGINT, PosixSignal.SIGQUIT })
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, _ => RestoreAll()));
        }

        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ => Reapply()));
    }

    private void Reapply()
    {
        lock (s_lock)
        {
            if (ReferenceEquals(s_active, this))
            {
                Apply();
            }
        }
    }
}
