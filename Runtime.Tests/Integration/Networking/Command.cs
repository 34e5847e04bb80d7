using System.Diagnostics;

namespace Rtd.Tests.Integration.Networking;

/// <summary>Runs a tool in the calling thread's network namespace.</summary>
internal static class Command
{
    /// <summary>Its output; throws with what it complained of.</summary>
    public static string Run(string line)
    {
        (int code, string output, string error) = TryRun(line);
        return code == 0 ? output : throw new InvalidOperationException($"{line}: exit {code}: {error}");
    }

    public static (int Code, string Output, string Error) TryRun(string line)
    {
        using Process process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", line])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.ConfigureAwait(false).GetAwaiter().GetResult());
    }
}
