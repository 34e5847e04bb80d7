using System.Diagnostics;
using Rtd.Protocol.Netlink;
using Rtd.Protocol.Spec;

namespace Rtd.Tests.Integration.Networking;

/// <summary>A process that holds a network namespace, as a container's first process does, and a thread in that namespace.</summary>
internal sealed class FakeContainer : IDisposable
{
    private readonly Process _process;

    private FakeContainer(Process process)
    {
        _process = process;
        Thread = NamespaceThread.Of(process.Id);
    }

    public int Pid => _process.Id;

    public NamespaceThread Thread { get; private set; }

    public static FakeContainer Start()
    {
        Process process = Process.Start(new ProcessStartInfo("unshare", ["-n", "sh", "-c", "echo in; exec sleep 1000"]) { RedirectStandardOutput = true })!;
        if (process.StandardOutput.ReadLine() != "in")
        {
            throw new InvalidOperationException("unshare -n failed");
        }

        return new FakeContainer(process);
    }

    /// <summary>What rtinit does with the state.</summary>
    public Task ApplyAsync(NetworkState state) => Thread.RunAsync(() =>
    {
        NetworkSetup.Apply(state);
        return true;
    });

    public Task<string> RunAsync(string line) => Thread.RunAsync(() => Command.Run(line));

    /// <summary>Ends the namespace's last users.</summary>
    public void Kill()
    {
        if (!_process.HasExited)
        {
            Thread.Dispose();
            _process.Kill();
            _process.WaitForExit();
        }
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }
}
