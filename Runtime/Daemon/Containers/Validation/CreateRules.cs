using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Containers.Health;
using Rtd.Daemon.Containers.Text;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Execution.Oci;
using Rtd.Daemon.Logging;
using Rtd.Daemon.Security;
using Rtd.Daemon.Security.Seccomp;

namespace Rtd.Daemon.Containers.Validation;

/// <summary>Checks a create in Docker's words and fills in the defaults. What is not supported is an error or a warning, never silence.</summary>
internal sealed partial class CreateRules(ContainerDefaults defaults, ResourceRules resources)
{
    private const int MaximumHostname = 64;

    /// <summary>The container whose pid namespace is to be shared, or null.</summary>
    public static string? PidContainer(HostConfig host) =>
        host.PidMode.StartsWith(NetworkMode.ContainerPrefix, StringComparison.Ordinal) ? host.PidMode[NetworkMode.ContainerPrefix.Length..] : null;

    /// <summary>The container whose ipc namespace and /dev/shm are to be shared, or null.</summary>
    public static string? IpcContainer(HostConfig host) =>
        host.IpcMode.StartsWith(NetworkMode.ContainerPrefix, StringComparison.Ordinal) ? host.IpcMode[NetworkMode.ContainerPrefix.Length..] : null;

    /// <summary>Checks the portable part, after the image has been merged in.</summary>
    /// <returns>Warnings for the client.</returns>
    public static IReadOnlyList<string> Validate(ContainerConfig config)
    {
        Refuse(config.Entrypoint is null or { Count: 0 } && config.Cmd is null or { Count: 0 }, "no command specified");
        Refuse(config.WorkingDir.Length > 0 && !config.WorkingDir.StartsWith('/'), $"the working directory '{config.WorkingDir}' is invalid, it needs to be an absolute path");
        Refuse(!IsHostname(config.Hostname), $"invalid hostname format: {config.Hostname}");
        Refuse(!IsHostname(config.Domainname), $"invalid domainname format: {config.Domainname}");
        foreach (string entry in config.Env ?? [])
        {
            Refuse(entry.Length == 0 || entry[0] == '=' || entry.Contains('\0'), $"invalid environment variable: {entry.Replace("\0", "\\0", StringComparison.Ordinal)}");
        }

        foreach (string word in Command(config).Append(config.WorkingDir).Append(config.User))
        {
            Refuse(word.Contains('\0'), "a command, user or working directory cannot contain a NUL byte");
        }

        foreach (string port in (config.ExposedPorts ?? []).Keys)
        {
            PortSpecs.ParseContainerPort(port);
        }

        if (!string.IsNullOrEmpty(config.StopSignal))
        {
            Signals.Parse(config.StopSignal);
        }

        if (config.Healthcheck is { } check && HealthCheck.Refusal(check) is { } refusal)
        {
            throw EngineException.InvalidParameter(refusal);
        }

        return [];
    }

    /// <summary>Entry point and arguments, as one list.</summary>
    public static List<string> Command(ContainerConfig config) => [.. config.Entrypoint ?? [], .. config.Cmd ?? []];

    /// <summary>Checks what the request alone says, before the image's part is merged in.</summary>
    public static void ValidateAsked(HostConfig host, ContainerConfig config)
    {
        Refuse(host.UTSMode == "host" && config.Hostname.Length > 0, "conflicting options: hostname and the UTS mode");
        bool shares = NetworkMode.Parse(host.NetworkMode).Kind == NetworkModeKind.Container;
        Refuse(shares && config.ExposedPorts is { Count: > 0 }, "conflicting options: port exposing and the container type network mode");
    }

    /// <summary>Checks the host part and sets what was left open.</summary>
    /// <returns>Warnings for the client.</returns>
    public IReadOnlyList<string> Complete(HostConfig host, ContainerConfig config)
    {
        List<string> warnings = [.. resources.Complete(host)];
        host.PidsLimit = host.PidsLimit is <= 0 ? null : host.PidsLimit; // both forms of "unlimited"
        host.MemorySwappiness = host.MemorySwappiness == -1 ? null : host.MemorySwappiness;
        RestartRules.Validate(host.RestartPolicy);
        Refuse(host.AutoRemove && !RestartRules.IsNone(host.RestartPolicy), "can't create 'AutoRemove' container with restart policy");
        Refuse(host.ShmSize < 0, "SHM size can not be less than 0");
        Refuse(host.OomScoreAdj is < -1000 or > 1000, $"Invalid value {host.OomScoreAdj}, range for oom score adj is [-1000, 1000]");
        Refuse(host.ConsoleSize is { Count: not (0 or 2) } || (host.ConsoleSize ?? []).Exists(size => size is < 0 or > ushort.MaxValue), "invalid console size");
        Refuse((host.GroupAdd ?? []).Exists(group => group.Length == 0 || group.Contains('\0')), "invalid group in --group-add");
        Refuse(host.Isolation is not ("" or "default"), $"invalid isolation '{host.Isolation}' on linux");
        Refuse(host.Cgroup.Length > 0, $"invalid cgroup mode: {host.Cgroup}");
        Refuse(host.CgroupParent.Split('/').Contains("..") || host.CgroupParent.Contains('\0'), $"invalid cgroup parent: {host.CgroupParent}");
        Refuse(host.Runtime.Length > 0 && !OciRuntime.IsNative(host.Runtime) && !defaults.Runtimes.ContainsKey(host.Runtime), $"unknown or invalid runtime name: {host.Runtime}");
        CheckPaths(host);
        CheckNamespaces(host);
        CheckNetwork(host, config, warnings);
        CheckSecurity(host, warnings);
        CompleteLog(host);
        Fill(host);
        UserNamespaceRules.Check(host, defaults);
        return warnings;
    }

    private static bool IsHostname(string name) =>
        name.Length <= MaximumHostname
        && name.AsSpan().IndexOfAnyExcept("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-") < 0;

    private static void CheckPaths(HostConfig host)
    {
        foreach (string path in (host.MaskedPaths ?? []).Concat(host.ReadonlyPaths ?? []))
        {
            Refuse(!path.StartsWith('/') || path.Contains('\0'), $"invalid masked or read-only path: \"{path}\"");
        }
    }

    private static void CheckNamespaces(HostConfig host)
    {
        Refuse(host.UTSMode is not ("" or "host"), $"invalid UTS mode: {host.UTSMode}");
        Refuse(host.UsernsMode is not ("" or "host"), $"invalid user namespace mode: {host.UsernsMode}");
        Refuse(host.CgroupnsMode is not ("" or "private" or "host"), $"invalid CgroupNS mode: {host.CgroupnsMode}");
        Refuse(host.PidMode is not ("" or "host") && PidContainer(host) is not { Length: > 0 }, $"invalid PID mode: {host.PidMode}");
        Refuse(host.IpcMode is not ("" or "none" or "private" or "shareable" or "host") && IpcContainer(host) is not { Length: > 0 }, $"invalid IPC mode: {host.IpcMode}");
    }

    private void CheckSecurity(HostConfig host, List<string> warnings)
    {
        SecurityOptions security = SecurityOptions.Parse(host.SecurityOpt, defaults.NoNewPrivileges);
        if (security.SeccompProfile is { } profile)
        {
            ProfileReader.Read(profile, capabilities: 0);
        }

        if (security.AppArmor is not (null or SecurityOptions.Unconfined) && !defaults.AppArmor)
        {
            warnings.Add($"AppArmor is not in use on this host. Profile {security.AppArmor} discarded.");
        }

        if (security.Labels.Count > 0)
        {
            warnings.Add("SELinux labels are not in use by this engine. Labels discarded.");
        }

        Capabilities.Parse(host.CapAdd ?? [], host.CapDrop ?? [], host.Privileged);
        SysctlRules.Validate(
            host.Sysctls,
            ownNetwork: NetworkMode.Parse(host.NetworkMode).Kind != NetworkModeKind.Host,
            ownIpc: host.IpcMode != "host" && IpcContainer(host) is null,
            ownUts: host.UTSMode != "host");
    }

    private void CompleteLog(HostConfig host)
    {
        if (host.LogConfig.Type.Length == 0 || host.LogConfig.Type == defaults.LogDriver)
        {
            Dictionary<string, string> options = defaults.LogOptions.ToDictionary();
            foreach ((string name, string value) in host.LogConfig.Config ?? [])
            {
                options[name] = value;
            }

            host.LogConfig = new LogConfig { Type = defaults.LogDriver, Config = options };
        }

        host.LogConfig.Config ??= [];
        LogDrivers.Validate(host.LogConfig.Type, host.LogConfig.Config);
    }

    private void Fill(HostConfig host)
    {
        host.ShmSize = host.ShmSize == 0 ? defaults.ShmSize : host.ShmSize;
        host.IpcMode = host.IpcMode.Length == 0 ? defaults.IpcMode : host.IpcMode;
        host.CgroupnsMode = host.CgroupnsMode.Length == 0 ? defaults.CgroupnsMode : host.CgroupnsMode;
        host.Runtime = host.Runtime.Length == 0 ? defaults.Runtime : host.Runtime;
        host.RestartPolicy.Name = host.RestartPolicy.Name.Length == 0 ? RestartRules.No : host.RestartPolicy.Name;
        host.ConsoleSize = host.ConsoleSize is { Count: 2 } size ? size : [0, 0];
        host.PortBindings ??= [];
        host.MaskedPaths ??= host.Privileged ? [] : [.. DefaultPaths.Masked];
        host.ReadonlyPaths ??= host.Privileged ? [] : [.. DefaultPaths.Readonly];
    }

    private static void Refuse(bool wrong, string message)
    {
        if (wrong)
        {
            throw EngineException.InvalidParameter(message);
        }
    }
}
