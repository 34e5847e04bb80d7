namespace Rtd.Tests.Integration.Hosting;

/// <summary>A command line client: ours or the official one.</summary>
public enum Cli
{
    Rtctl,
    Docker,
}
