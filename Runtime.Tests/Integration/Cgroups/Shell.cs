using System.Diagnostics;

namespace Rtd.Tests.Integration.Cgroups;

/// <summary>A shell that waits for its script on stdin, so that it can be put somewhere first.</summary>
internal sealed class Shell : IDisposable
{
    private readonly Process _process = Process.Start(new ProcessStartInfo("sh", ["-s"]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;

    public int Pid => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Gives the script and returns at once.</summary>
    public void Start(string script)
    {
        _process.StandardInput.Write(script + "\n");
        _process.StandardInput.Close();
    }

    /// <summary>Gives the script and returns what it printed.</summary>
    public string Run(string script)
    {
        Start(script);
        return _process.StandardOutput.ReadToEnd();
    }

    /// <summary>Gives the script and returns when it has printed a line.</summary>
    public string RunToLine(string script)
    {
        Start(script);
        return _process.StandardOutput.ReadLine() ?? "";
    }

    public int WaitForExit()
    {
        _process.WaitForExit();
        return _process.ExitCode;
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }
}
