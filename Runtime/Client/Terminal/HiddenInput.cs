namespace Rtd.Client.Terminal;

/// <summary>A terminal that does not show what is typed, until disposed.</summary>
internal sealed class HiddenInput : IDisposable
{
    private readonly int _fd;
    private readonly Libc.Termios _saved;

    private HiddenInput(int fd, Libc.Termios saved)
    {
        _fd = fd;
        _saved = saved;
    }

    public static HiddenInput? Enter(int fd)
    {
        if (!Libc.tcgetattr(fd, out Libc.Termios saved))
        {
            return null;
        }

        Libc.Termios hidden = saved;
        hidden.ClearEcho();
        Libc.tcsetattr(fd, Libc.TCSANOW, hidden);
        return new HiddenInput(fd, saved);
    }

    public void Dispose() => Libc.tcsetattr(_fd, Libc.TCSANOW, _saved);
}
