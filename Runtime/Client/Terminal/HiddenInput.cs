namespace Rtd.Client.Terminal;

/// <summary>A terminal that does not show what is typed, until disposed or interrupted.</summary>
internal sealed class HiddenInput : IDisposable
{
    private readonly int _fd;
    private readonly Libc.Termios _saved;
    private readonly Interruption _interruption;

    private HiddenInput(int fd, Libc.Termios saved)
    {
        _fd = fd;
        _saved = saved;
        _interruption = new Interruption(Restore);
    }

    /// <summary>Null when the descriptor is no terminal.</summary>
    public static HiddenInput? Enter(int fd)
    {
        if (!Libc.tcgetattr(fd, out Libc.Termios saved))
        {
            return null;
        }

        HiddenInput input = new(fd, saved);
        Libc.Termios hidden = saved;
        hidden.ClearEcho();
        Libc.tcsetattr(fd, Libc.TCSANOW, hidden);
        return input;
    }

    public void Dispose()
    {
        Restore();
        _interruption.Dispose();
    }

    private void Restore() => Libc.tcsetattr(_fd, Libc.TCSANOW, _saved);
}
