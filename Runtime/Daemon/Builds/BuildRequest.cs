using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Images;
using Rtd.Daemon.Images.Archives;
using Rtd.Daemon.Images.Registry;

namespace Rtd.Daemon.Builds;

/// <summary>What a client asks to be built, and how.</summary>
internal sealed record BuildRequest
{
    /// <summary>Names for the result.</summary>
    public IReadOnlyList<ImageReference> Tags { get; init; } = [];

    /// <summary>Path of the Dockerfile in the context; empty for the usual one.</summary>
    public string Dockerfile { get; init; } = "";

    /// <summary>Where the context is to be got from; empty when it is the request's body.</summary>
    public string Remote { get; init; } = "";

    /// <summary>Null is "the default".</summary>
    public IReadOnlyDictionary<string, string?> Arguments { get; init; } = new Dictionary<string, string?>();

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>The stage to build, by name or number; empty for the last one.</summary>
    public string Target { get; init; } = "";

    /// <summary>Null for this machine's.</summary>
    public OciPlatform? Platform { get; init; }

    /// <summary>Get base images anew, also those that are here.</summary>
    public bool Pull { get; init; }

    /// <summary>Do every step, also one that was done before.</summary>
    public bool NoCache { get; init; }

    /// <summary>Images whose history counts as done before; empty for what was built here.</summary>
    public IReadOnlyList<string> CacheFrom { get; init; } = [];

    /// <summary>Containers of steps that succeeded are removed.</summary>
    public bool Remove { get; init; }

    /// <summary>And those of steps that failed.</summary>
    public bool ForceRemove { get; init; }

    /// <summary>Limits and network of the steps' containers; a new one each time.</summary>
    public Func<HostConfig> HostConfig { get; init; } = () => new HostConfig();

    /// <summary>By registry, for base images.</summary>
    public IReadOnlyDictionary<string, RegistryCredentials> Registries { get; init; } = new Dictionary<string, RegistryCredentials>();

    /// <summary>By id; never written to a disk that lasts.</summary>
    public IReadOnlyDictionary<string, byte[]> Secrets { get; init; } = new Dictionary<string, byte[]>();

    /// <summary>Names the build for <c>/build/cancel</c>; empty when it has none.</summary>
    public string Id { get; init; } = "";
}
