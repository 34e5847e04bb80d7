using System.Globalization;
using System.Runtime.InteropServices;
using Rtd.Client.Engine;

namespace Rtd.Client.Terminal;

/// <summary>Passes the signals this process receives on to a container. Those that come before its start are kept until then.</summary>
internal sealed class SignalProxy : IDisposable
{
    private const int TerminationsToGiveUp = 3;

    /// <summary>Names by number. Left out: what cannot be caught, SIGCHLD, SIGPIPE, SIGURG and SIGWINCH as in docker's client, and faults of this process itself.</summary>
    private static readonly Dictionary<int, string> s_signals = new()
    {
        [1] = "HUP",
        [2] = "INT",
        [3] = "QUIT",
        [10] = "USR1",
        [12] = "USR2",
        [14] = "ALRM",
        [15] = "TERM",
        [16] = "STKFLT",
        [18] = "CONT",
        [20] = "TSTP",
        [21] = "TTIN",
        [22] = "TTOU",
        [24] = "XCPU",
        [25] = "XFSZ",
        [26] = "VTALRM",
        [29] = "IO",
        [30] = "PWR",
    };

    private readonly EngineClient _engine;
    private readonly string _container;
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly ManualResetEventSlim _started = new(false);
    private int _terminations;
    private volatile bool _isOver;

    public SignalProxy(EngineClient engine, string container)
    {
        _engine = engine;
        _container = container;
        foreach ((int number, string name) in s_signals)
        {
            _registrations.Add(PosixSignalRegistration.Create((PosixSignal)number, context => Handle(context, name)));
        }
    }

    /// <summary>The container runs: signals reach it from now on.</summary>
    public void Start() => _started.Set();

    public void Dispose()
    {
        _isOver = true;
        _started.Set();
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }
    }

    private void Handle(PosixSignalContext context, string name)
    {
        context.Cancel = true;
        if (name is "INT" or "TERM" && Interlocked.Increment(ref _terminations) >= TerminationsToGiveUp && !_started.IsSet)
        {
            Environment.Exit(1);
        }

        _started.Wait();
        _isOver = _isOver || !TryForward(name);
    }

    /// <summary>False when the container has ended or the daemon is gone; the wait that is under way tells the user which.</summary>
    private bool TryForward(string name)
    {
        try
        {
            _engine.Post(string.Create(CultureInfo.InvariantCulture, $"/containers/{_container}/kill?signal={name}"));
            return true;
        }
        catch (EngineException)
        {
            // A signal the daemon does not know is no reason to stop passing others on.
            return true;
        }
        catch (ClientException)
        {
            return false;
        }
    }
}
