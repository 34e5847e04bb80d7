using Rtd.Client.Terminal;

namespace Rtd.Client;

internal static class Program
{
    private const int InternalFailure = 125;

    private static int Main(string[] args)
    {
        Libc.fill_standard_descriptors();
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
        catch (Exception failure) when (failure is not ClientException)
        {
            // A mistake of this program: one line that can be reported, and the terminal usable again.
            TerminalMode.RestoreAll();
            error.WriteLine($"rtctl: unexpected failure: {failure.GetType().Name}: {failure.Message}");
            error.Flush();
            exitCode = InternalFailure;
        }

        TerminalMode.RestoreAll();
        return exitCode;
    }
}
