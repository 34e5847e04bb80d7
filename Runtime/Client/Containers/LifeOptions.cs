using CommandLine;

namespace Rtd.Client.Containers;

/// <summary>Health, logging and how it stops.</summary>
internal sealed partial class LifeOptions
{
    [Option("disable-content-trust", HelpText = "Accepted for compatibility: images are not signed here", Hidden = true, Default = true)]
    public bool? DisableContentTrust { get; set; } = true;

    [Option("health-cmd", MetaValue = "string", HelpText = "Shell command that checks the container's health")]
    public string? HealthCommand { get; set; }

    [Option("health-interval", MetaValue = "duration", HelpText = "Time between two checks")]
    public long? HealthInterval { get; set; }

    [Option("health-retries", MetaValue = "int", HelpText = "Failures in a row until it counts as unhealthy")]
    public long? HealthRetries { get; set; }

    [Option("health-start-interval", MetaValue = "duration", HelpText = "Time between two checks while it starts")]
    public long? HealthStartInterval { get; set; }

    [Option("health-start-period", MetaValue = "duration", HelpText = "Time it may take to start before failures count")]
    public long? HealthStartPeriod { get; set; }

    [Option("health-timeout", MetaValue = "duration", HelpText = "Time one check may take")]
    public long? HealthTimeout { get; set; }

    [Option("log-driver", MetaValue = "string", HelpText = "Logging driver")]
    public string? LogDriver { get; set; }

    [Option("log-opt", MetaValue = "list", HelpText = "Options of the logging driver (key=value)")]
    public IEnumerable<string> LogOptions { get; set; } = [];

    [Option("no-healthcheck", HelpText = "Turn off any health check of the image")]
    public bool NoHealthcheck { get; set; }

    [Option("stop-signal", MetaValue = "string", HelpText = "Signal that stops it")]
    public string? StopSignal { get; set; }

    [Option("stop-timeout", MetaValue = "int", HelpText = "Seconds to wait for it to stop before it is killed")]
    public long? StopTimeout { get; set; }
}
