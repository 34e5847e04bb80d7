namespace Rtd.Daemon.Containers.State;

/// <summary>A link of a container on the default bridge to another one (<c>--link</c>).</summary>
/// <param name="TargetId">The other container; it may be renamed, and it may be gone.</param>
/// <param name="Alias">What the other is called inside.</param>
internal sealed record ContainerLink(string TargetId, string Alias);
