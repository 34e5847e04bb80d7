namespace Rtd.Daemon.Plugins;

/// <summary>The <c>TLSConfig</c> of a plugin's <c>.json</c> file; names are the file's.</summary>
internal sealed record PluginTls
{
    public bool InsecureSkipVerify { get; init; }

    /// <summary>Authorities to trust; null or empty for the system's.</summary>
    public string? CAFile { get; init; }

    public string? CertFile { get; init; }

    public string? KeyFile { get; init; }
}
