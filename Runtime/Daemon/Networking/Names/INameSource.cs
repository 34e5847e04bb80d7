using Rtd.Daemon.Networking.Endpoints;

namespace Rtd.Daemon.Networking.Names;

/// <summary>What a resolver has to know of its container; all of it changes while it runs.</summary>
internal interface INameSource
{
    /// <summary>The networks it is on, in the order they are asked.</summary>
    IReadOnlyList<Endpoint> Places { get; }

    /// <summary>There is a way out. Without one nothing is passed on to name servers: not even the host's may hear of it (CVE-2024-29018).</summary>
    bool MayForward { get; }
}
