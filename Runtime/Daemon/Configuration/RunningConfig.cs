namespace Rtd.Daemon.Configuration;

/// <summary>The configuration that is in force: what the daemon started with, and what reloads have changed of it since.</summary>
internal sealed class RunningConfig(DaemonConfig initial)
{
    /// <summary>Settings that a reload changes, by the names of <see cref="DaemonOptions"/>. Certificates are read again under their names as well.</summary>
    private static readonly string[] s_reloadable =
    [
        nameof(DaemonOptions.Debug), nameof(DaemonOptions.LogLevel), nameof(DaemonOptions.LogFormat), nameof(DaemonOptions.Labels),
        nameof(DaemonOptions.InsecureRegistries), nameof(DaemonOptions.RegistryMirrors), nameof(DaemonOptions.MaxConcurrentDownloads),
        nameof(DaemonOptions.MaxConcurrentUploads), nameof(DaemonOptions.MaxDownloadAttempts), nameof(DaemonOptions.PreparedSandboxes), nameof(DaemonOptions.ShutdownTimeout),
        nameof(DaemonOptions.LogDriver), nameof(DaemonOptions.LogOptions), nameof(DaemonOptions.LogQuota), nameof(DaemonOptions.DefaultShmSize), nameof(DaemonOptions.AuthorizationPlugins),
        nameof(DaemonOptions.Runtimes), nameof(DaemonOptions.DefaultRuntime),
        nameof(DaemonOptions.LiveRestore), nameof(DaemonOptions.TlsCertificate), nameof(DaemonOptions.TlsKey), nameof(DaemonOptions.TlsCaCertificate),
    ];

    private readonly DaemonConfig _initial = initial;
    private volatile DaemonConfig _current = initial;

    public DaemonConfig Current => _current;

    /// <summary>Takes over what may change while the daemon runs.</summary>
    /// <returns>The keys of what was changed and will count at the next start only.</returns>
    public IReadOnlyList<string> Take(DaemonConfig changed)
    {
        DaemonConfig before = _current;
        _current = before with
        {
            Debug = changed.Debug,
            LogLevel = changed.LogLevel,
            LogFormat = changed.LogFormat,
            Labels = changed.Labels,
            InsecureRegistries = changed.InsecureRegistries,
            RegistryMirrors = changed.RegistryMirrors,
            MaxConcurrentDownloads = changed.MaxConcurrentDownloads,
            MaxConcurrentUploads = changed.MaxConcurrentUploads,
            MaxDownloadAttempts = changed.MaxDownloadAttempts,
            PreparedSandboxes = changed.PreparedSandboxes,
            ShutdownTimeout = changed.ShutdownTimeout,
            LogDriver = changed.LogDriver,
            LogOptions = changed.LogOptions,
            LogQuota = changed.LogQuota,
            DefaultShmSize = changed.DefaultShmSize,
            AuthorizationPlugins = changed.AuthorizationPlugins,
            Runtimes = changed.Runtimes,
            DefaultRuntime = changed.DefaultRuntime,
            LiveRestore = changed.LiveRestore,
            Tls = before.Tls is null || changed.Tls is null || (before.Tls.Authority is null) != (changed.Tls.Authority is null) ? before.Tls : changed.Tls,
        };
        return OptionInfo.All
            .Where(option => option.Key is not null && !s_reloadable.Contains(option.Property.Name) && Say(option, _initial) != Say(option, changed))
            .Select(option => option.Key!)
            .ToArray();
    }

    private static string Say(OptionInfo option, DaemonConfig config) => option.Get(config.Said) is { } value ? OptionInfo.Print(value) : "";
}
