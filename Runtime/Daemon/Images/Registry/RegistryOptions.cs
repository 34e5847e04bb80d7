namespace Rtd.Daemon.Images.Registry;

/// <summary>What the daemon's settings say about registries; immutable, replaced whole by a reload.</summary>
/// <param name="InsecureRegistries">Hosts (with a port or without) and address ranges to speak plain HTTP or unverified TLS with, besides loopback.</param>
/// <param name="Mirrors">URLs to try before docker.io, in this order.</param>
/// <param name="MaxConcurrentDownloads">Layers, of all pulls together.</param>
/// <param name="MaxConcurrentUploads">Layers, of all pushes together.</param>
/// <param name="MaxDownloadAttempts">Tries of one blob in which nothing comes.</param>
internal sealed record RegistryOptions(
    IReadOnlyList<string> InsecureRegistries,
    IReadOnlyList<string> Mirrors,
    int MaxConcurrentDownloads = 3,
    int MaxConcurrentUploads = 5,
    int MaxDownloadAttempts = 5)
{
    /// <summary>Directories with one directory for each <c>HOST[:PORT]</c>, the first that has it counts.</summary>
    public IReadOnlyList<string> CertificateDirectories { get; init; } = ["/etc/rtd/certs.d", "/etc/docker/certs.d"];
}
