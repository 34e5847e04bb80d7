namespace Rtd.Daemon.Containers.Validation;

/// <summary>The sorts of network mode.</summary>
internal enum NetworkModeKind
{
    /// <summary>A network by name, the default bridge included.</summary>
    Network,

    None,

    Host,

    /// <summary>The namespace of another container.</summary>
    Container,
}
