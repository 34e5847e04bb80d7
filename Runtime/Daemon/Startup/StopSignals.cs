using System.Runtime.InteropServices;
using Mono.Unix.Native;
using NLog;

namespace Rtd.Daemon.Startup;

/// <summary>SIGTERM and SIGINT ask the daemon to stop, the second one of them ends it; SIGHUP has it read its configuration again.</summary>
internal sealed class StopSignals : IDisposable
{
    private static readonly Logger s_log = LogManager.GetLogger("daemon");

    private readonly CancellationTokenSource _stop = new();
    private readonly Action _reload;
    private readonly PosixSignalRegistration[] _registrations;
    private int _asked;

    public StopSignals(Action reload)
    {
        _reload = reload;
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnStop),
            PosixSignalRegistration.Create(PosixSignal.SIGINT, OnStop),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnReload),
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

    private void OnReload(PosixSignalContext context)
    {
        context.Cancel = true;
        _reload();
    }
}
