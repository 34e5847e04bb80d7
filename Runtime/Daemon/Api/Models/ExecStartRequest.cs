namespace Rtd.Daemon.Api.Models;

/// <summary>How an exec is started.</summary>
internal sealed class ExecStartRequest
{
    public bool Detach { get; set; }

    public bool Tty { get; set; }

    public List<int>? ConsoleSize { get; set; }
}
