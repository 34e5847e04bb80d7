using System.Globalization;
using System.Runtime.InteropServices;
using Rtd.Client.Engine;

namespace Rtd.Client.Terminal;

/// <summary>Gives the container's terminal the size of ours, now and whenever ours changes.</summary>
internal sealed class SizeWatcher : IDisposable
{
    private readonly EngineClient _engine;
    private readonly string _resizePath;
    private readonly TextSink _terminal;
    private readonly PosixSignalRegistration _registration;

    /// <param name="engine">The daemon.</param>
    /// <param name="resizePath">The resize request's path, of a container or an exec.</param>
    /// <param name="terminal">The terminal whose size counts.</param>
    public SizeWatcher(EngineClient engine, string resizePath, TextSink terminal)
    {
        _engine = engine;
        _resizePath = resizePath;
        _terminal = terminal;
        _registration = PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => Resize());
        Resize();
    }

    public void Dispose() => _registration.Dispose();

    /// <summary>Sends a size; a failure means that the process has ended, which is told elsewhere.</summary>
    public static bool TryResize(EngineClient engine, string resizePath, int rows, int columns)
    {
        if (rows == 0 && columns == 0)
        {
            return false;
        }

        try
        {
            engine.Post(string.Create(CultureInfo.InvariantCulture, $"{resizePath}?h={rows}&w={columns}"));
            return true;
        }
        catch (ClientException)
        {
            return false;
        }
    }

    private void Resize() => TryResize(_engine, _resizePath, _terminal.Rows, _terminal.Columns);
}
