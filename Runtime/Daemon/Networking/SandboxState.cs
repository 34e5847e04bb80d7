namespace Rtd.Daemon.Networking;

/// <summary>What has to be known of a running container's network to go on with it after the daemon was started anew; written to disk.</summary>
internal sealed record SandboxState
{
    public List<EndpointState> Endpoints { get; init; } = [];

    /// <summary>As really bound.</summary>
    public List<PortState> Ports { get; init; } = [];

    /// <summary>A place on a network, as it was given.</summary>
    internal sealed record EndpointState
    {
        public string NetworkId { get; init; } = "";

        public string EndpointId { get; init; } = "";

        /// <summary>Empty for none.</summary>
        public string Address { get; init; } = "";

        public string AddressV6 { get; init; } = "";

        public string MacAddress { get; init; } = "";

        public string InterfaceName { get; init; } = "";
    }

    internal sealed record PortState
    {
        public string Protocol { get; init; } = "";

        public int ContainerPort { get; init; }

        public string HostAddress { get; init; } = "";

        public int HostPort { get; init; }
    }
}
