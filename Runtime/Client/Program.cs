using Rtd.Client.CommandLine;
using Rtd.Client.Configuration;
using Rtd.Client.Engine;
using Rtd.Client.Templates;
using Rtd.Client.Terminal;

namespace Rtd.Client;

internal static class Program
{
    private static int Main(string[] args)
    {
        TextSink output = new(1);
        TextSink error = new(2);
        int exitCode;
        try
        {
            exitCode = Entrance.Run(args, output, error);
            output.Flush();
        }
        catch (BrokenPipeException)
        {
            exitCode = BrokenPipeException.ExitCode;
        }

        TerminalMode.RestoreAll();
        return exitCode;
    }
}
