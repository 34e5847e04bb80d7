using System.Diagnostics;
using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Spawn;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Execution;

/// <summary>
/// <c>rtd spawn-stress N</c>: starts a program N times from two threads while others allocate and collect, the situation in which a child
/// that touched managed code would hang. Exit code 0 when every child ended well.
/// </summary>
internal static class SpawnStress
{
    private const int Spawners = 2;
    private const int Allocators = 2;
    private const string Program = "/bin/true";

    private static readonly TimeSpan s_stalled = TimeSpan.FromSeconds(60);

    private static volatile bool s_done;
    private static int s_spawned;
    private static int s_failed;

    public static int Run(IReadOnlyList<string> arguments)
    {
        if (arguments.Count != 1 || !int.TryParse(arguments[0], NumberStyles.None, CultureInfo.InvariantCulture, out int total) || total < 1)
        {
            Console.Error.WriteLine("usage: rtd spawn-stress N");
            return 1;
        }

        List<Thread> allocators = StartAll(Allocators, Allocate);
        Stopwatch clock = Stopwatch.StartNew();
        List<Thread> spawners = StartAll(Spawners, () => SpawnUntil(total));
        bool ended = AwaitProgress(spawners);
        s_done = true;
        Console.Out.WriteLine(FormattableString.Invariant(
            $"{s_spawned} spawns, {s_failed} failed, {GC.CollectionCount(0)} collections, {clock.Elapsed.TotalSeconds:F1} s{(ended ? "" : ", STALLED")}"));
        if (!ended)
        {
            return 1;
        }

        allocators.ForEach(static thread => thread.Join());
        return s_failed == 0 ? 0 : 1;
    }

    private static List<Thread> StartAll(int count, ThreadStart body)
    {
        List<Thread> threads = [];
        for (int i = 0; i < count; i++)
        {
            Thread thread = new(body) { IsBackground = true };
            thread.Start();
            threads.Add(thread);
        }

        return threads;
    }

    /// <summary>False when no spawn came back for a minute.</summary>
    private static bool AwaitProgress(List<Thread> spawners)
    {
        foreach (Thread thread in spawners)
        {
            int before = -1;
            while (!thread.Join(s_stalled))
            {
                int now = Volatile.Read(ref s_spawned);
                if (now == before)
                {
                    return false;
                }

                before = now;
            }
        }

        return true;
    }

    private static void SpawnUntil(int total)
    {
        while (Interlocked.Increment(ref s_spawned) <= total)
        {
            SpawnedProcess child = Spawner.Spawn(new SpawnRequest { ExecutableFd = Libc.AT_FDCWD, Path = Program, Arguments = ["true"] });
            using SafeFileHandle pidfd = child.Pidfd;
            if (Libc.waitid_pidfd(pidfd.Fd(), block: true) != 0)
            {
                Interlocked.Increment(ref s_failed);
            }
        }

        Interlocked.Decrement(ref s_spawned);
    }

    private static void Allocate()
    {
        List<byte[]> kept = [];
        while (!s_done)
        {
            kept.Add(new byte[4096]);
            if (kept.Count == 512)
            {
                kept.Clear();
                GC.Collect(0);
            }
        }
    }
}
