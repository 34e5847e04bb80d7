namespace Rtd.Daemon.Configuration;

/// <summary>A configuration that cannot be used: one line that names the flag or key.</summary>
internal sealed class ConfigurationException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The command line itself is wrong, so that a pointer to the help is due.</summary>
    public bool IsUsage { get; init; }

    /// <summary>The line does not say yet which file it is about.</summary>
    public bool IsAboutFile { get; init; }
}
