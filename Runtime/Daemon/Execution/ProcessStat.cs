using System.Globalization;

namespace Rtd.Daemon.Execution;

/// <summary>Reads /proc/PID/stat, proc(5).</summary>
internal static class ProcessStat
{
    private const int StartTimeAfterName = 19;

    /// <summary>The process's identity, or null when there is none with this pid.</summary>
    public static ProcessIdentity? Identify(int pid)
    {
        string text;
        try
        {
            text = File.ReadAllText($"/proc/{pid}/stat");
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException or IOException)
        {
            return null;
        }

        // The name, in parentheses, may itself hold blanks and parentheses; the fields after it do not.
        string[] fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return new ProcessIdentity(pid, ulong.Parse(fields[StartTimeAfterName], CultureInfo.InvariantCulture));
    }
}
