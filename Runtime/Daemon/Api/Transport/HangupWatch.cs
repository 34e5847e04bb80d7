using System.Net.Sockets;

namespace Rtd.Daemon.Api.Transport;

/// <summary>One socket that <see cref="HangupWatcher"/> looks after.</summary>
internal sealed class HangupWatch(ulong key, SafeSocketHandle socket, Action hungUp) : IDisposable
{
    public ulong Key { get; } = key;

    public SafeSocketHandle Socket { get; } = socket;

    public void HungUp() => hungUp();

    public void Dispose() => HangupWatcher.Forget(this);
}
