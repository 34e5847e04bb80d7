using Rtd.Daemon.Api.Models;

namespace Rtd.Daemon.Containers.State;

/// <summary>All that is known and kept of a container at one moment; immutable (nobody changes the lists and models it holds).</summary>
internal sealed record ContainerRecord
{
    public string Id { get; init; } = "";

    /// <summary>Without the slash that the API puts before it.</summary>
    public string Name { get; init; } = "";

    public DateTimeOffset Created { get; init; }

    /// <summary><c>sha256:…</c></summary>
    public string ImageId { get; init; } = "";

    /// <summary>Bytes of the image's layers.</summary>
    public long ImageSize { get; init; }

    public List<string> Command { get; init; } = [];

    public ContainerConfig Config { get; init; } = new();

    public HostConfig HostConfig { get; init; } = new();

    public List<MountPoint> Mounts { get; init; } = [];

    /// <summary>What was asked of the network, by its name.</summary>
    public Dictionary<string, EndpointSettings> Endpoints { get; init; } = [];

    /// <summary>Links to other containers of the default bridge.</summary>
    public List<ContainerLink> Links { get; init; } = [];

    public ContainerState State { get; init; } = new();

    /// <summary>Restarts by policy since the last start by a user.</summary>
    public int RestartCount { get; init; }

    /// <summary>It does a step of a build, which does not outlive the daemon.</summary>
    public bool OfBuild { get; init; }

    /// <summary>A user has stopped or killed it since its last start: unless-stopped then leaves it alone.</summary>
    public bool StoppedByUser { get; init; }
}
