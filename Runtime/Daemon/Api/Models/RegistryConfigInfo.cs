namespace Rtd.Daemon.Api.Models;

/// <summary>How registries are to be spoken with.</summary>
internal sealed record RegistryConfigInfo(
    IReadOnlyList<string> InsecureRegistryCIDRs,
    IReadOnlyDictionary<string, RegistryIndexInfo> IndexConfigs,
    IReadOnlyList<string> Mirrors);
