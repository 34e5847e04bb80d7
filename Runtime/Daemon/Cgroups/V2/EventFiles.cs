using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Cgroups.V2;

/// <summary>Waits for changes of cgroup.events files. The kernel tells by inotify (IN_MODIFY); one thread in the daemon listens for all.</summary>
internal sealed class EventFiles
{
    private static readonly Lazy<EventFiles> s_shared = new(() => new EventFiles());

    private readonly SafeFileHandle _inotify = Libc.inotify_init1();
    private readonly Lock _lock = new();
    private readonly Dictionary<int, Watch> _watches = [];

    private EventFiles()
    {
        Thread thread = new(Listen) { IsBackground = true, Name = "cgroup events" };
        thread.Start();
    }

    /// <summary>Started at first use and kept: it costs one sleeping thread.</summary>
    public static EventFiles Shared => s_shared.Value;

    /// <summary>Completes when the predicate holds; it is asked with the file's text now and at every change, with null when the file is gone.</summary>
    public async Task WaitAsync(CgroupDirectory directory, string file, Predicate<string?> reached, CancellationToken cancellation)
    {
        Watch? watch = Add(directory.File(file));
        if (watch is null)
        {
            reached(null);
            return;
        }

        try
        {
            while (true)
            {
                // Taken before the file is read, so that a change in between is not lost.
                Task changed = watch.Changed;
                string? text = directory.Read(file);
                if (reached(text) || text is null)
                {
                    return;
                }

                await changed.WaitAsync(cancellation).ConfigureAwait(false);
            }
        }
        finally
        {
            Release(watch);
        }
    }

    private Watch? Add(string path)
    {
        lock (_lock)
        {
            int descriptor = Libc.try_inotify_add_watch(_inotify.Fd(), path, Libc.IN_MODIFY);
            if (descriptor == -Libc.ENOENT)
            {
                return null;
            }

            if (descriptor < 0)
            {
                throw new SyscallException("inotify_add_watch", -descriptor, path);
            }

            if (!_watches.TryGetValue(descriptor, out Watch? watch))
            {
                watch = new Watch(descriptor);
                _watches.Add(descriptor, watch);
            }

            watch.Users++;
            return watch;
        }
    }

    private void Release(Watch watch)
    {
        lock (_lock)
        {
            watch.Users--;
            if (watch.Users == 0 && _watches.Remove(watch.Descriptor))
            {
                Libc.try_inotify_rm_watch(_inotify.Fd(), watch.Descriptor);
            }
        }
    }

    private void Listen()
    {
        byte[] buffer = new byte[4096];
        while (true)
        {
            int count = Libc.try_read(_inotify.Fd(), buffer);
            if (count <= 0)
            {
                throw new SyscallException("read", -count, "inotify");
            }

            Dispatch(buffer.AsSpan(0, count));
        }
    }

    /// <summary>struct inotify_event: int wd; uint32_t mask, cookie, len; char name[len].</summary>
    private void Dispatch(ReadOnlySpan<byte> events)
    {
        lock (_lock)
        {
            while (events.Length >= 16)
            {
                int descriptor = BitConverter.ToInt32(events);
                uint mask = BitConverter.ToUInt32(events[4..]);
                int length = BitConverter.ToInt32(events[12..]);
                events = events[(16 + length)..];
                if ((mask & Libc.IN_Q_OVERFLOW) != 0)
                {
                    foreach (Watch watch in _watches.Values)
                    {
                        watch.Signal();
                    }
                }
                else if (_watches.TryGetValue(descriptor, out Watch? watch))
                {
                    if ((mask & Libc.IN_IGNORED) != 0)
                    {
                        _watches.Remove(descriptor);
                    }

                    watch.Signal();
                }
            }
        }
    }

    /// <summary>One watched inode and those who wait for it.</summary>
    private sealed class Watch(int descriptor)
    {
        private TaskCompletionSource _changed = New();

        public int Descriptor { get; } = descriptor;

        public int Users { get; set; }

        public Task Changed => Volatile.Read(ref _changed).Task;

        public void Signal() => Interlocked.Exchange(ref _changed, New()).TrySetResult();

        private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
