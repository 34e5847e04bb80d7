namespace Rtd.Daemon.Containers.Health;

/// <summary>What the health check says of a container; the API shows the names in lower case.</summary>
internal enum HealthStatus
{
    Starting,
    Healthy,
    Unhealthy,
}
