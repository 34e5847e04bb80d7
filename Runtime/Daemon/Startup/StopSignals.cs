using System.Runtime.InteropServices;
using Mono.Unix.Native;
using NLog;

namespace Rtd.Daemon.Startup;

/// <summary>SIGTERM and SIGINT ask the daemon to stop, the second one of them ends it; SIGHUP has it read its configuration again, SIGUSR1 say what it is doing.</summary>
internal sealed class StopSignals : IDisposable
{
    private static readonly Logger s_log = LogManager.GetLogger("daemon");

    /// <summary>Of Linux; signals that are not the same everywhere have no name in .NET, which takes them by number.</summary>
    private const PosixSignal SIGUSR1 = (PosixSignal)10;

    private readonly CancellationTokenSource _stop = new();

    private readonly Action _reload;
    private readonly Action _dump;
    private readonly PosixSignalRegistration[] _registrations;
    private int _asked;

    public StopSignals(Action reload, Action dump)
    {
        _reload = reload;
        _dump = dump;
        foreach (Signum signal in (Signum[])[Signum.SIGTERM, Signum.SIGINT, Signum.SIGHUP, Signum.SIGUSR1])
        {
            // nohup, and a shell that starts it in the background, have some ignored; .NET would leave it at that.
            Stdlib.SetSignalAction(signal, SignalAction.Default);
        }

        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnStop),
            PosixSignalRegistration.Create(PosixSignal.SIGINT, OnStop),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnReload),
            PosixSignalRegistration.Create(SIGUSR1, OnDump),
        ];
    }

    /// <summary>Cancelled at the first signal.</summary>
    public CancellationToken Stop => _stop.Token;

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }

        _stop.Dispose();
    }

    private void OnStop(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Exchange(ref _asked, 1) == 0)
        {
            s_log.Info("{Signal}: stopping", context.Signal);
            ThreadPool.UnsafeQueueUserWorkItem(static stop => stop.Cancel(), _stop, preferLocal: false);
            return;
        }

        // No clean-up at all: whoever asks twice has seen the clean-up hang. The next start copes with what is left.
        s_log.Warn("{Signal} again: ending at once", context.Signal);
        _ = Syscall._exit(1);
    }

    private void OnDump(PosixSignalContext context)
    {
        context.Cancel = true;
        _dump();
    }

    private void OnReload(PosixSignalContext context)
    {
        context.Cancel = true;
        _reload();
    }
}
