using NLog;

namespace Rtd.Daemon.Logging;

/// <summary>
/// What all containers' logs on disk may take together. Each log has its own bounds; this one is for many of them. It is looked at
/// whenever a file has been rotated, and takes the oldest rotated files away, whosever they are; the current ones stay.
/// </summary>
/// <param name="directory">Below which the containers have their directories.</param>
/// <param name="limit">Bytes.</param>
internal sealed class LogQuota(string directory, long limit)
{
    private static readonly Logger s_log = LogManager.GetLogger("logs");

    private static volatile LogQuota? s_current;

    private readonly Lock _lock = new();
    private int _asked;

    /// <summary>The one in force; null for none.</summary>
    public static LogQuota? Current
    {
        get => s_current;
        set => s_current = value;
    }

    /// <summary>A file has been rotated: looks beside the caller, who holds the lock of a log.</summary>
    public void Rotated()
    {
        if (Interlocked.Exchange(ref _asked, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static quota => quota.Enforce(), this, preferLocal: false);
        }
    }

    /// <summary>Removes rotated files, the oldest first, until the rest fits.</summary>
    public void Enforce()
    {
        lock (_lock)
        {
            Volatile.Write(ref _asked, 0);
            try
            {
                FileInfo[] logs = [.. new DirectoryInfo(directory).EnumerateFiles("*.log*", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1 })];
                long total = logs.Sum(log => log.Length);
                foreach (FileInfo rotated in logs.Where(log => IsRotated(log.Name)).OrderBy(log => log.LastWriteTimeUtc).TakeWhile(log => total > limit))
                {
                    total -= rotated.Length;
                    rotated.Delete();
                    s_log.Info("{Path} was removed: all logs together have more than {Limit} bytes", rotated.FullName, limit);
                }
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // A container may have been removed meanwhile; the next rotation looks again.
                s_log.Debug("the logs' quota: {Reason}", error.Message);
            }
        }
    }

    /// <summary><c>NAME.log.3</c> or <c>NAME.log.3.gz</c>.</summary>
    private static bool IsRotated(string name)
    {
        string plain = name.EndsWith(".gz", StringComparison.Ordinal) ? name[..^3] : name;
        int dot = plain.LastIndexOf('.');
        return dot > 0 && plain[..dot].EndsWith(".log", StringComparison.Ordinal) && int.TryParse(plain.AsSpan(dot + 1), out _);
    }
}
