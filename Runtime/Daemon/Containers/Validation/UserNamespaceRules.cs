using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Execution.Oci;

namespace Rtd.Daemon.Containers.Validation;

/// <summary>What a container in a user namespace cannot have, in Docker's words; when it is made, and at each start, since the daemon's setting may have changed.</summary>
internal static class UserNamespaceRules
{
    /// <exception cref="EngineException">Invalid parameter.</exception>
    public static void Check(HostConfig host, ContainerDefaults defaults)
    {
        if (defaults.RemapOf(host) is null)
        {
            return;
        }

        Refuse(host.Privileged, "privileged mode is incompatible with user namespaces.  You must run the container in the host namespace when running privileged mode");
        Refuse(NetworkMode.Parse(host.NetworkMode).Kind == NetworkModeKind.Host, "cannot share the host's network namespace when user namespaces are enabled");
        Refuse(host.PidMode == "host", "cannot share the host PID namespace when user namespaces are enabled");
        Refuse(host.CgroupnsMode == "host", "cannot share the host's cgroup namespace when user namespaces are enabled");
        Refuse(!OciRuntime.IsNative(host.Runtime), $"runtime {host.Runtime} cannot be used when user namespaces are enabled (hint: --userns=host)");
        Refuse(SecurityOptions.Parse(host.SecurityOpt, false).WritableCgroups, "writable cgroups are not available when user namespaces are enabled (hint: --userns=host)");
    }

    private static void Refuse(bool wrong, string message)
    {
        if (wrong)
        {
            throw EngineException.InvalidParameter(message);
        }
    }
}
