namespace Rtd.Daemon.Api.Models;

/// <summary>Why a wait could not give an exit code.</summary>
internal sealed class ContainerWaitError
{
    public string Message { get; set; } = "";
}
