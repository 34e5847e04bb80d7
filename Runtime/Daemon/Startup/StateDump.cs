using System.Globalization;
using System.Text;
using NLog;
using Rtd.Daemon.Api;

namespace Rtd.Daemon.Startup;

/// <summary>Writes down what the daemon is doing, when SIGUSR1 asks for it: for a daemon that seems to hang.</summary>
/// <remarks>
/// dockerd writes the stacks of all goroutines. A native .NET program cannot walk the stacks of its other threads, and what waits without a
/// thread has none. So this has, of threads, what the kernel knows of them, and of what waits: the open requests and who holds which container's queue.
/// </remarks>
/// <param name="directory">Where the files go: the exec root.</param>
internal sealed class StateDump(string directory, OpenRequests requests)
{
    private static readonly Logger s_log = LogManager.GetLogger("daemon");

    private readonly Lock _lock = new();

    /// <param name="parts">Lines of the other parts; null while there are none yet.</param>
    public void Write(Func<IEnumerable<string>>? parts)
    {
        lock (_lock)
        {
            string path = Path.Combine(directory, $"state-{DateTime.UtcNow.ToString("yyyy-MM-ddTHHmmss.fffZ", CultureInfo.InvariantCulture)}.txt");
            try
            {
                string text = Describe(parts);
                using FileStream file = new(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
                file.Write(Encoding.UTF8.GetBytes(text));
                s_log.Info("state of the daemon written to {Path}", path);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                s_log.Error("the state of the daemon cannot be written to {Path}: {Reason}", path, error.Message);
            }
        }
    }

    /// <summary>The text of such a file.</summary>
    public string Describe(Func<IEnumerable<string>>? parts)
    {
        StringBuilder text = new();
        AppendProcess(text);
        AppendSection(text, "Open requests (id, method, path)", requests.Describe());
        AppendSection(text, "Containers (id, name, state, queue)", parts?.Invoke() ?? []);
        AppendSection(text, "Threads (id, name, state, waiting in, system call)", Threads());
        return text.ToString();
    }

    private static void AppendProcess(StringBuilder text)
    {
        GCMemoryInfo memory = GC.GetGCMemoryInfo();
        ThreadPool.GetAvailableThreads(out int free, out _);
        ThreadPool.GetMaxThreads(out int most, out _);
        text.Append(CultureInfo.InvariantCulture, $"rtd {ProductVersion.Number} ({ProductVersion.Commit}), pid {Environment.ProcessId}, at {DateTime.UtcNow:yyyy-MM-ddTHH:mm:ss.fffZ}\n")
            .Append(CultureInfo.InvariantCulture, $"heap {GC.GetTotalMemory(false)} bytes, committed {memory.TotalCommittedBytes}, collections {GC.CollectionCount(0)}, paused {GC.GetTotalPauseDuration().TotalSeconds:0.000} s\n")
            .Append(CultureInfo.InvariantCulture, $"thread pool: {ThreadPool.ThreadCount} threads, {most - free} at work, {ThreadPool.PendingWorkItemCount} items waiting, {ThreadPool.CompletedWorkItemCount} done\n")
            .Append(CultureInfo.InvariantCulture, $"open files: {Directory.EnumerateFileSystemEntries("/proc/self/fd").Count()}\n");
    }

    private static void AppendSection(StringBuilder text, string title, IEnumerable<string> lines)
    {
        text.Append('\n').Append(title).Append(":\n");
        foreach (string line in lines)
        {
            text.Append("  ").Append(line).Append('\n');
        }
    }

    private static IEnumerable<string> Threads()
    {
        foreach (string thread in Directory.EnumerateDirectories("/proc/self/task"))
        {
            string id = Path.GetFileName(thread);
            string state = Read(thread, "status").Split('\n').FirstOrDefault(line => line.StartsWith("State:", StringComparison.Ordinal))?[6..].Trim() ?? "gone";
            yield return $"{id} {Read(thread, "comm")} {state}, {Read(thread, "wchan")}, {Read(thread, "syscall")}";
            foreach (string frame in Read(thread, "stack").Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                yield return $"    {frame}";
            }
        }
    }

    /// <summary>A thread may end meanwhile, and not every kernel shows everything.</summary>
    private static string Read(string thread, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(thread, file)).Trim();
        }
        catch (Exception unavailable) when (unavailable is IOException or UnauthorizedAccessException)
        {
            return "-";
        }
    }
}
