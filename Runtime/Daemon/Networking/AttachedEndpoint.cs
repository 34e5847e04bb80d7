namespace Rtd.Daemon.Networking;

/// <summary>A container on a network, for the API.</summary>
internal sealed record AttachedEndpoint(string ContainerId, string ContainerName, IEndpoint Endpoint);
