using Rtd.Client;

namespace Rtd.Tests.Unit.Client;

/// <summary>A whole command line run in this process against a scripted daemon.</summary>
internal sealed record ClientRun(int ExitCode, string Output, string Error)
{
    public static ClientRun Against(ScriptedDaemon daemon, params string[] args) => Of(["-H", daemon.Address, .. args]);

    public static ClientRun Of(params string[] args)
    {
        CapturingSink output = new();
        CapturingSink error = new();
        int exitCode = Entrance.Run(args, output, error);
        return new ClientRun(exitCode, output.Text, error.Text);
    }
}
