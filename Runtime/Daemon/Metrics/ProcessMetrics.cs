using System.Globalization;

namespace Rtd.Daemon.Metrics;

/// <summary>What the kernel and the runtime know of the daemon's process, under the names that all of Prometheus' clients use.</summary>
internal static class ProcessMetrics
{
    /// <summary>USER_HZ of every architecture we run on.</summary>
    private const double TicksPerSecond = 100;

    public static void Write(MetricsWriter writer)
    {
        string stat = File.ReadAllText("/proc/self/stat");

        // The name, in parentheses, may contain anything; fields are numbered from 3 after it (proc_pid_stat(5)).
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        double cpu = (Field(fields, 14) + Field(fields, 15)) / TicksPerSecond;
        writer.Family("process_cpu_seconds_total", "Total user and system CPU time spent in seconds.", "counter");
        writer.Sample("process_cpu_seconds_total", cpu);
        writer.Gauge("process_start_time_seconds", "Start time of the process since unix epoch in seconds.", BootTime() + (Field(fields, 22) / TicksPerSecond));
        writer.Gauge("process_virtual_memory_bytes", "Virtual memory size in bytes.", Field(fields, 23));
        writer.Gauge("process_resident_memory_bytes", "Resident memory size in bytes.", Field(fields, 24) * Environment.SystemPageSize);
        writer.Gauge("process_threads", "Number of OS threads in the process.", Field(fields, 20));
        writer.Gauge("process_open_fds", "Number of open file descriptors.", Directory.EnumerateFileSystemEntries("/proc/self/fd").Count());
        writer.Gauge("process_max_fds", "Maximum number of open file descriptors.", MaxFiles());
        writer.Gauge("dotnet_gc_heap_size_bytes", "Bytes on the managed heap.", GC.GetTotalMemory(forceFullCollection: false));
        writer.Gauge("dotnet_threadpool_threads", "Threads of the pool.", ThreadPool.ThreadCount);
        writer.Gauge("dotnet_threadpool_queue_length", "Work items that wait for a thread of the pool.", ThreadPool.PendingWorkItemCount);
    }

    /// <param name="number">As in proc_pid_stat(5).</param>
    private static double Field(string[] fields, int number) => double.Parse(fields[number - 3], CultureInfo.InvariantCulture);

    private static double BootTime() =>
        double.Parse(File.ReadLines("/proc/stat").First(line => line.StartsWith("btime ", StringComparison.Ordinal)).AsSpan(6), CultureInfo.InvariantCulture);

    private static double MaxFiles()
    {
        string line = File.ReadLines("/proc/self/limits").First(line => line.StartsWith("Max open files", StringComparison.Ordinal));
        return double.TryParse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3], CultureInfo.InvariantCulture, out double limit) ? limit : double.PositiveInfinity;
    }
}
