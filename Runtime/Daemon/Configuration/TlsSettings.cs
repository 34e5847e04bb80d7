namespace Rtd.Daemon.Configuration;

/// <summary>Files of the daemon's TLS, in PEM.</summary>
/// <param name="Certificate">The server's own, with its chain after it.</param>
/// <param name="Authority">What signs the certificates of clients; null when clients are not verified.</param>
internal sealed record TlsSettings(string Certificate, string Key, string? Authority)
{
    /// <summary>Where files are that no option names.</summary>
    public static string DefaultDirectory =>
        Environment.GetEnvironmentVariable("DOCKER_CERT_PATH") is { Length: > 0 } directory ? directory
        : Path.Combine(Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } home ? home : "/root", ".docker");
}
