namespace Rtd.Daemon.Api;

/// <summary>Kestrel asks for a service provider but needs nothing of it here.</summary>
internal sealed class NoServices : IServiceProvider
{
    public static readonly NoServices Instance = new();

    public object? GetService(Type serviceType) => null;
}
