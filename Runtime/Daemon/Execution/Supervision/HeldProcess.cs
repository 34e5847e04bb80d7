using Microsoft.Win32.SafeHandles;

namespace Rtd.Daemon.Execution.Supervision;

/// <summary>A process that a former daemon started, as the supervisor hands it over. Fds that are not taken are closed by <see cref="Dispose"/>.</summary>
internal sealed class HeldProcess(SupervisedChild child, string key, string notes, Dictionary<string, SafeFileHandle> fds) : IDisposable
{
    public SupervisedChild Child => child;

    public string Key => key;

    public string Notes => notes;

    public SafeFileHandle? Take(string name) => fds.Remove(name, out SafeFileHandle? fd) ? fd : null;

    public void Dispose()
    {
        foreach (SafeFileHandle fd in fds.Values)
        {
            fd.Dispose();
        }

        fds.Clear();
    }
}
