using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Api.Routes;

/// <summary>What requests of older API versions mean: fields that came later are as if they were absent, defaults that have changed are the old ones.</summary>
internal static class OlderRequests
{
    public static void Adapt(ContainerCreateRequest request, ApiContext context)
    {
        HostConfig host = request.HostConfig;
        if (!context.VersionAtLeast(1, 40) && host.IpcMode.Length == 0)
        {
            host.IpcMode = "shareable";
        }

        if (!context.VersionAtLeast(1, 41) && host.CgroupnsMode.Length == 0 && !File.Exists("/sys/fs/cgroup/cgroup.controllers"))
        {
            host.CgroupnsMode = "host"; // the default on hosts with cgroup v1, before containers could have a namespace
        }

        if (!context.VersionAtLeast(1, 25))
        {
            host.AutoRemove = false; // the clients removed containers themselves
            request.Config.StopTimeout = null;
        }

        if (!context.VersionAtLeast(1, 44) && request.Config.Healthcheck is { } check)
        {
            check.StartInterval = 0;
        }

        if (!context.VersionAtLeast(1, 44))
        {
            AdaptReadonlyBinds(host);
        }
    }

    /// <summary>Before 1.44 a read-only bind left what is mounted below it writable.</summary>
    private static void AdaptReadonlyBinds(HostConfig host)
    {
        foreach (MountRequest mount in (host.Mounts ?? []).Where(mount => mount.Type == MountPoint.Bind))
        {
            if (mount.BindOptions?.ReadOnlyForceRecursive == true)
            {
                throw EngineException.InvalidParameter("BindOptions.ReadOnlyForceRecursive needs API v1.44 or newer");
            }

            mount.BindOptions ??= new BindOptions();
            mount.BindOptions.ReadOnlyNonRecursive = true;
        }
    }

    public static void Adapt(ExecCreateRequest request, ApiContext context)
    {
        request.ConsoleSize = context.VersionAtLeast(1, 42) ? request.ConsoleSize : null;
        request.WorkingDir = context.VersionAtLeast(1, 35) ? request.WorkingDir : "";
        request.Env = context.VersionAtLeast(1, 25) ? request.Env : null;
    }
}
