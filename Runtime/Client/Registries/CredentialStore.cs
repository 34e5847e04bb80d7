using Rtd.Client.Configuration;

namespace Rtd.Client.Registries;

/// <summary>Where a registry's credentials are: config.json itself, or the helper program that it names.</summary>
internal abstract class CredentialStore
{
    /// <summary>The store that the user's settings choose for a registry: its own helper, the general one, or the file.</summary>
    public static CredentialStore For(ConfigFile config, string registry)
    {
        FileCredentials file = new(config);
        return config.CredentialHelper(registry) is { } helper ? new HelperCredentials(helper, file) : file;
    }

    /// <summary>Whether it keeps passwords readable for whoever reads the file.</summary>
    public abstract bool IsPlain { get; }

    /// <summary>The stored credentials; <see cref="Credentials.None"/> when there are none.</summary>
    /// <exception cref="ClientException">The helper fails.</exception>
    public abstract Credentials Get(string registry);

    /// <summary>False when they were stored already.</summary>
    /// <exception cref="ClientException">The helper fails, or the file cannot be written.</exception>
    public abstract bool Store(Credentials credentials);

    /// <exception cref="ClientException">The helper fails, or the file cannot be written.</exception>
    public abstract void Erase(string registry);
}
