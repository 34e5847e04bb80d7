using Rtd.Daemon.Api;
using Rtd.Daemon.Api.Routes;

namespace Rtd.Daemon.Startup;

/// <summary>Puts the parts of the daemon together: the one place that knows all of them.</summary>
internal static class Composition
{
    public static DaemonServices Compose(DaemonContext context)
    {
        ISystemStatus status = new BareStatus(context.Config, context.Checks);
        SystemInfoSource info = new(context.Config, context.Checks, status, context.Events, context.EngineId);
        return new DaemonServices
        {
            Modules = [new SystemRoutes(info, context.Events)],
        };
    }
}
