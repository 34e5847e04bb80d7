using Microsoft.Win32.SafeHandles;

namespace Rtd.Init.Supervision;

/// <summary>An fd that is kept for the next daemon.</summary>
/// <param name="target">Where connections of a listening socket lead, which are served while there is no daemon; empty: they wait for one.</param>
internal sealed class KeptFd(SafeFileHandle fd, byte[] target)
{
    private Forwarder? _forwarder;

    public SafeFileHandle Fd => fd;

    public void StartServing(EventLoop loop)
    {
        if (target.Length > 0)
        {
            _forwarder = new Forwarder(fd, target);
            _forwarder.Start(loop);
        }
    }

    public void StopServing(EventLoop loop)
    {
        _forwarder?.Stop(loop);
        _forwarder = null;
    }

    public void Close(EventLoop loop)
    {
        StopServing(loop);
        fd.Dispose();
    }
}
