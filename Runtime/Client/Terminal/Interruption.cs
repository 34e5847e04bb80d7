using System.Runtime.InteropServices;

namespace Rtd.Client.Terminal;

/// <summary>Ends the program on SIGINT or SIGTERM as docker's client does: what is half done is undone, and the exit code is 128 and the signal's number.</summary>
internal sealed class Interruption : IDisposable
{
    private static readonly (PosixSignal Signal, int Number)[] s_signals = [(PosixSignal.SIGINT, 2), (PosixSignal.SIGTERM, 15)];

    private readonly PosixSignalRegistration[] _registrations;

    /// <param name="undo">Runs on another thread, once or not at all.</param>
    public Interruption(Action undo)
    {
        int ended = 0;
        _registrations = [.. s_signals.Select(entry => PosixSignalRegistration.Create(entry.Signal, context =>
        {
            context.Cancel = true;
            if (Interlocked.Exchange(ref ended, 1) == 0)
            {
                undo();
                TerminalMode.RestoreAll();
                Environment.Exit(128 + entry.Number);
            }
        }))];
    }

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }
    }
}
