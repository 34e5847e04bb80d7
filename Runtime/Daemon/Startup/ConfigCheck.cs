using Rtd.Daemon.Api.Transport;
using Rtd.Daemon.Configuration;
using Rtd.Daemon.Containers.Validation;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Logging;
using Rtd.Daemon.Security.Seccomp;
using Rtd.Daemon.UserNamespaces;

namespace Rtd.Daemon.Startup;

/// <summary>Checks what a configuration refers to, beyond its own words: files, users and groups it names, options of drivers. For a start, a reload and <c>--validate</c>.</summary>
internal static class ConfigCheck
{
    /// <exception cref="EngineException">Invalid parameter, with the reason.</exception>
    public static void Check(DaemonConfig config)
    {
        LogDrivers.Validate(config.LogDriver, config.LogOptions);
        _ = SeccompProfile(config.SeccompProfile);
        if (config.Tls is not null)
        {
            _ = ServerTls.Load(config.Tls);
        }

        if (config.UsernsRemap is { } remap)
        {
            RemapSetting.Check(remap);
        }

        if (config.Group is { } group)
        {
            _ = ListenSockets.SocketGroup(group);
        }
    }

    /// <summary>The default profile of containers. A file that is not a profile is told now, not at the first start of a container.</summary>
    public static string SeccompProfile(string? setting)
    {
        if (setting is null or SecurityOptions.Unconfined)
        {
            return setting ?? SecurityOptions.Builtin;
        }

        try
        {
            string profile = File.ReadAllText(setting);
            ProfileReader.Read(profile, capabilities: 0);
            return profile;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or EngineException)
        {
            throw EngineException.InvalidParameter($"opening seccomp profile ({setting}) failed: {error.Message}", error);
        }
    }
}
