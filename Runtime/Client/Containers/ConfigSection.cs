using System.Text.Json.Nodes;
using Rtd.Client.Json;

namespace Rtd.Client.Containers;

/// <summary>The image's side of a container: command, environment, user, streams, health.</summary>
internal static class ConfigSection
{
    public static JsonObject Build(ContainerOptions options, string image, List<string> command, List<PortFlag> ports, IEnumerable<string> proxyEnvironment)
    {
        JsonObject config = new() { ["Image"] = image };
        config.AddText("Hostname", options.Basic.Hostname);
        config.AddText("Domainname", options.Endpoint.DomainName);
        config.AddText("User", options.Basic.User);
        config.AddText("WorkingDir", options.Basic.WorkingDirectory);
        config.AddText("StopSignal", options.Life.StopSignal);
        AddStreams(config, options);
        config["Env"] = JsonLists.Of(Environment(options, proxyEnvironment));
        config["Labels"] = Labels(options);
        if (command.Count > 0)
        {
            config["Cmd"] = JsonLists.Of(command);
        }

        if (options.Basic.Entrypoint is not null)
        {
            config["Entrypoint"] = JsonLists.Of([options.Basic.Entrypoint]);
        }

        if (options.Life.StopTimeout is { } timeout)
        {
            config["StopTimeout"] = timeout;
        }

        AddPorts(config, options, ports);
        AddVolumes(config, options);
        if (Health(options) is { } health)
        {
            config["Healthcheck"] = health;
        }

        return config;
    }

    private static void AddStreams(JsonObject config, ContainerOptions options)
    {
        string[] attach = [.. options.Basic.Attach];
        bool attachInput = options.Basic.Interactive || attach.Contains("stdin");
        config["Tty"] = options.Basic.Tty;
        config["OpenStdin"] = options.Basic.Interactive;
        config["AttachStdin"] = attachInput;
        config["AttachStdout"] = attach.Length == 0 || attach.Contains("stdout");
        config["AttachStderr"] = attach.Length == 0 || attach.Contains("stderr");

        // One client gives the input, and when it ends the container's ends too.
        config["StdinOnce"] = options.Basic.Interactive && attachInput;
    }

    /// <summary>Proxies, then files, then -e; of one name the last counts.</summary>
    private static IEnumerable<string> Environment(ContainerOptions options, IEnumerable<string> proxyEnvironment)
    {
        List<string> own = [.. options.Basic.EnvFiles.SelectMany(file => KeyValueFile.Read(file, useEnvironment: true)), .. options.Basic.Env];
        HashSet<string> names = [.. own.Select(entry => entry[..entry.IndexOf('=')])];
        return proxyEnvironment.Where(entry => !names.Contains(entry[..entry.IndexOf('=')])).Concat(own);
    }

    private static JsonObject Labels(ContainerOptions options) =>
        JsonLists.Map(options.Basic.LabelFiles.SelectMany(file => KeyValueFile.Read(file, useEnvironment: false)).Concat(options.Basic.Labels));

    private static void AddPorts(JsonObject config, ContainerOptions options, List<PortFlag> ports)
    {
        JsonObject exposed = [];
        foreach (string port in ports.Select(port => port.Port).Concat(options.Basic.Expose.SelectMany(PortFlag.ParseExposed)))
        {
            exposed[port] = new JsonObject();
        }

        if (exposed.Count > 0)
        {
            config["ExposedPorts"] = exposed;
        }
    }

    private static void AddVolumes(JsonObject config, ContainerOptions options)
    {
        JsonObject volumes = [];
        foreach (string volume in options.Basic.Volumes.Where(volume => VolumeFlag.ToBind(volume) is null))
        {
            volumes[volume] = new JsonObject();
        }

        if (volumes.Count > 0)
        {
            config["Volumes"] = volumes;
        }
    }

    private static JsonObject? Health(ContainerOptions options)
    {
        bool hasSettings = options.Life.HealthCommand is not null || options.Life.HealthInterval is not null || options.Life.HealthTimeout is not null
            || options.Life.HealthStartPeriod is not null || options.Life.HealthStartInterval is not null || options.Life.HealthRetries is not null;
        if (options.Life.NoHealthcheck)
        {
            return hasSettings ? throw new ClientException("--no-healthcheck conflicts with --health-* options") : new JsonObject { ["Test"] = JsonLists.Of(["NONE"]) };
        }

        if (!hasSettings)
        {
            return null;
        }

        JsonObject health = [];
        if (options.Life.HealthCommand is { Length: > 0 } command)
        {
            health["Test"] = JsonLists.Of(["CMD-SHELL", command]);
        }

        AddNumber(health, "Interval", options.Life.HealthInterval, "--health-interval");
        AddNumber(health, "Timeout", options.Life.HealthTimeout, "--health-timeout");
        AddNumber(health, "Retries", options.Life.HealthRetries, "--health-retries");
        AddNumber(health, "StartPeriod", options.Life.HealthStartPeriod, "--health-start-period");
        AddNumber(health, "StartInterval", options.Life.HealthStartInterval, "--health-start-interval");
        return health;
    }

    private static void AddNumber(JsonObject target, string key, long? value, string flag)
    {
        if (value is { } number)
        {
            target[key] = number >= 0 ? number : throw new ClientException($"{flag} cannot be negative");
        }
    }
}
