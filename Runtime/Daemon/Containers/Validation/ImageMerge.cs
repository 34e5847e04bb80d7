using Rtd.Daemon.Api.Models;

namespace Rtd.Daemon.Containers.Validation;

/// <summary>Fills what a create leaves open from the image's config, by Docker's rules.</summary>
internal static class ImageMerge
{
    public static void Apply(ContainerConfig config, ContainerConfig? image)
    {
        if (image is not null)
        {
            config.User = config.User.Length == 0 ? image.User : config.User;
            config.WorkingDir = config.WorkingDir.Length == 0 ? image.WorkingDir : config.WorkingDir;
            config.ExposedPorts = Union(config.ExposedPorts, image.ExposedPorts);
            config.Volumes = Union(config.Volumes, image.Volumes);
            config.Labels = Union(config.Labels, image.Labels);
            config.Env = MergeEnvironment(config.Env, image.Env);
            config.StopSignal = string.IsNullOrEmpty(config.StopSignal) ? image.StopSignal : config.StopSignal;
            config.StopTimeout ??= image.StopTimeout;
            config.Shell ??= image.Shell;
            config.Healthcheck = MergeHealthcheck(config.Healthcheck, image.Healthcheck);
            MergeCommand(config, image);
        }

        // An entry point of one empty word is how clients take the image's away.
        if (config.Entrypoint is [""])
        {
            config.Entrypoint = null;
        }

        config.Labels ??= [];
        config.Env ??= [];
    }

    /// <summary>Setting by setting, so that a client can change the interval of the image's check.</summary>
    private static HealthConfig? MergeHealthcheck(HealthConfig? own, HealthConfig? image) => own is null || image is null ? own ?? image : new HealthConfig
    {
        Test = own.Test is { Count: > 0 } ? own.Test : image.Test,
        Interval = own.Interval == 0 ? image.Interval : own.Interval,
        Timeout = own.Timeout == 0 ? image.Timeout : own.Timeout,
        StartPeriod = own.StartPeriod == 0 ? image.StartPeriod : own.StartPeriod,
        StartInterval = own.StartInterval == 0 ? image.StartInterval : own.StartInterval,
        Retries = own.Retries == 0 ? image.Retries : own.Retries,
    };

    private static void MergeCommand(ContainerConfig config, ContainerConfig image)
    {
        if (config.Entrypoint is { Count: > 0 })
        {
            return; // a new entry point does not take the image's arguments
        }

        if (config.Cmd is null or { Count: 0 })
        {
            config.Cmd = image.Cmd;
            config.ArgsEscaped = image.ArgsEscaped;
        }

        config.Entrypoint ??= image.Entrypoint;
    }

    private static List<string> MergeEnvironment(List<string>? own, List<string>? image)
    {
        List<string> merged = own is null ? [] : [.. own];
        HashSet<string> names = [.. merged.Select(Name)];
        merged.AddRange((image ?? []).Where(entry => !names.Contains(Name(entry))));
        return merged;
    }

    private static string Name(string entry) => entry.IndexOf('=') is >= 0 and int equals ? entry[..equals] : entry;

    private static Dictionary<string, T>? Union<T>(Dictionary<string, T>? own, Dictionary<string, T>? image)
    {
        if (image is null or { Count: 0 })
        {
            return own;
        }

        Dictionary<string, T> union = new(image);
        foreach ((string key, T value) in own ?? [])
        {
            union[key] = value;
        }

        return union;
    }
}
