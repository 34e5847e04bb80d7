namespace Rtd.Daemon.Api.Models;

/// <summary>The processes of a container, a list of columns per process.</summary>
internal sealed class ContainerTop
{
    public List<string> Titles { get; set; } = [];

    public List<List<string>> Processes { get; set; } = [];
}
