namespace Rtd.Daemon.Networking.Publishing;

/// <summary>Carries a host port's traffic to a container within the daemon.</summary>
internal interface IForwarder : IDisposable
{
    void Start();

    /// <summary>Ends all connections; the reserved socket itself is the owner's to close. Completes when nothing runs any more.</summary>
    Task StopAsync();
}
