namespace Rtd.Daemon.Storage.Quotas;

/// <summary>A container's limit with a little room above it, until this is disposed.</summary>
internal sealed class LoosenedLimit(Action tighten) : IDisposable
{
    public void Dispose() => tighten();
}
