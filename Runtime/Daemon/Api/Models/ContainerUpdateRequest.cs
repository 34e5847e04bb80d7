namespace Rtd.Daemon.Api.Models;

/// <summary>New limits and restart policy; what is 0, "" or null stays as it is.</summary>
internal sealed class ContainerUpdateRequest : ContainerResources
{
    public RestartPolicy? RestartPolicy { get; set; }
}
