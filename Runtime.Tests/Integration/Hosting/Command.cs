using System.Diagnostics;
using System.Text;
using Xunit.Sdk;

namespace Rtd.Tests.Integration.Hosting;

/// <summary>Runs programs to their end, or to a deadline and then kills them.</summary>
internal static class Command
{
    /// <summary>Far longer than any command takes; what reaches it hangs.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task<CommandResult> RunAsync(
        IReadOnlyList<string> command,
        string? input = null,
        IReadOnlyDictionary<string, string>? environment = null,
        TimeSpan? patience = null)
    {
        string commandLine = string.Join(' ', command);
        using Process process = Start(command, environment);
        Task<string> stdout = process.StandardOutput.ReadToEndAsync();
        Task<string> stderr = process.StandardError.ReadToEndAsync();
        try
        {
            await FeedAsync(process, input).WaitAsync(patience ?? Patience);
            await process.WaitForExitAsync().WaitAsync(patience ?? Patience);
            return new CommandResult(commandLine, process.ExitCode, await stdout.WaitAsync(Patience), await stderr.WaitAsync(Patience));
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            throw new XunitException($"hangs: {commandLine}\nstdout: {await UpToNowAsync(stdout)}\nstderr: {await UpToNowAsync(stderr)}");
        }
    }

    /// <summary>Starts a program with all three standard streams as pipes.</summary>
    public static Process Start(IReadOnlyList<string> command, IReadOnlyDictionary<string, string>? environment = null)
    {
        ProcessStartInfo info = new(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            info.Environment[name] = value;
        }

        return Process.Start(info)!;
    }

    /// <summary>Writes the input and closes the pipe; false when the command ended without reading it all (EPIPE), which is its own affair.</summary>
    private static async Task<bool> FeedAsync(Process process, string? input)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(Encoding.UTF8.GetBytes(input ?? ""));
            process.StandardInput.Close();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static async Task<string> UpToNowAsync(Task<string> output)
    {
        await Task.WhenAny(output, Task.Delay(TimeSpan.FromSeconds(2)));
        return output.IsCompletedSuccessfully ? output.Result : "(still open)";
    }
}
