using System.Globalization;
using NLog;
using Rtd.Daemon.Configuration;

namespace Rtd.Daemon.Startup;

/// <summary>Settings of the kernel and of this process that dockerd makes at start too. None is worth failing for.</summary>
internal static class KernelSettings
{
    private const string ThreadsMax = "/proc/sys/kernel/threads-max";
    private const string Keyrings = "/proc/sys/kernel/keys/";

    /// <summary>Every container has a session keyring, all of them on root's quota, which is 1,000,000 in newer kernels and was 200.</summary>
    private const int Keys = 1_000_000;

    private const int BytesPerKey = 25;

    /// <summary>Those of remapped containers are on the quota of the user that their root is, which is 200 and 20,000 bytes.</summary>
    private const int RemappedKeys = 20_000;

    private const int BytesPerRemappedKey = 100;

    private static readonly Logger s_log = LogManager.GetLogger("daemon");

    public static void Apply(DaemonConfig config)
    {
        Try("oom_score_adj", () => SetOomScore(config.OomScoreAdjust));
        Try("threads-max", LimitThreads);
        Try("key quotas", () => RaiseKeyQuota(config.UsernsRemap is not null));
    }

    private static void Try(string what, Action set)
    {
        try
        {
            set();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            s_log.Warn("can't set {What}: {Reason}", what, error.Message);
        }
    }

    private static void SetOomScore(int score)
    {
        if (score != 0)
        {
            File.WriteAllText("/proc/self/oom_score_adj", score.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Nine tenths of what the kernel allows: a storm of requests must not leave none for anybody else.</summary>
    private static void LimitThreads()
    {
        int allowed = (int)(ReadNumber(ThreadsMax) / 10 * 9);
        ThreadPool.GetMaxThreads(out int workers, out int ports);
        if (allowed > Environment.ProcessorCount && allowed < workers)
        {
            ThreadPool.SetMaxThreads(allowed, ports);
        }
    }

    private static void RaiseKeyQuota(bool remapped)
    {
        Raise(Keyrings + "root_maxkeys", Keys);
        Raise(Keyrings + "root_maxbytes", Keys * BytesPerKey);
        if (remapped)
        {
            Raise(Keyrings + "maxkeys", RemappedKeys);
            Raise(Keyrings + "maxbytes", RemappedKeys * BytesPerRemappedKey);
        }
    }

    private static void Raise(string path, int value)
    {
        if (File.Exists(path) && ReadNumber(path) < value)
        {
            File.WriteAllText(path, value.ToString(CultureInfo.InvariantCulture));
        }
    }

    private static long ReadNumber(string path) => long.Parse(File.ReadAllText(path), CultureInfo.InvariantCulture);
}
