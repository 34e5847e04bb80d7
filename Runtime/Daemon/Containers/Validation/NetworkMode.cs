using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Containers.Validation;

/// <summary>A parsed <c>HostConfig.NetworkMode</c>.</summary>
/// <param name="Kind">What sort of network.</param>
/// <param name="Name">The network's name, or the container's for <see cref="NetworkModeKind.Container"/>.</param>
internal readonly record struct NetworkMode(NetworkModeKind Kind, string Name)
{
    public const string Bridge = "bridge";

    /// <summary>Of the modes of networks, pid and ipc namespaces that mean another container's; its name or id follows.</summary>
    public const string ContainerPrefix = "container:";

    /// <summary>The container has a network namespace of its own.</summary>
    public bool OwnNamespace => Kind is NetworkModeKind.Network or NetworkModeKind.None;

    public static NetworkMode Parse(string mode)
    {
        if (mode.StartsWith(ContainerPrefix, StringComparison.Ordinal))
        {
            string name = mode[ContainerPrefix.Length..];
            return name.Length > 0
                ? new NetworkMode(NetworkModeKind.Container, name)
                : throw EngineException.InvalidParameter("invalid container format container:<name|id>");
        }

        return mode switch
        {
            "" or "default" or Bridge => new NetworkMode(NetworkModeKind.Network, Bridge),
            "none" => new NetworkMode(NetworkModeKind.None, "none"),
            "host" => new NetworkMode(NetworkModeKind.Host, "host"),
            _ => new NetworkMode(NetworkModeKind.Network, mode),
        };
    }
}
