using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Logging;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Execution;

/// <summary>
/// How far a container's output has been dealt with, in memory that outlives the daemon: what a kill -9 interrupts is done again, and nothing twice.
/// </summary>
/// <remarks>
/// A chunk goes from the container's pipe into a second one, the hand, by splice(2), which the kernel does in one step. It is copied out of there by
/// tee(2), which leaves it there, and written to the log. Then <see cref="Commit"/> says in one store: the log counts up to here, the hand is done
/// with, of the last line this much has come. Then the hand is emptied. After a kill the log is cut back to where it counted, and what is in the hand
/// is dealt with again, unless it was done with. Two slots, of which one counts, make it one store.
/// </remarks>
internal sealed unsafe class OutputLedger : IDisposable
{
    /// <summary>The longest unfinished part of a line that a log keeps back.</summary>
    public const int MaxRest = 16 << 10;

    private const int SlotsAt = 64, SlotSize = 192, RestsAt = 4096, Size = RestsAt + 4 * MaxRest;

    private readonly Lock _gate = new();
    private readonly StreamState[] _prepared = new StreamState[2];
    private byte* _memory;

    private OutputLedger(SafeFileHandle file)
    {
        File = file;
        _memory = (byte*)Libc.mmap_shared(file.Fd(), Size);
    }

    ~OutputLedger() => Unmap();

    public SafeFileHandle File { get; }

    /// <summary>Where the log ends that counts.</summary>
    public LogEnd Log
    {
        get
        {
            lock (_gate)
            {
                return Active->Log;
            }
        }
    }

    private Slot* Active => SlotAt(Volatile.Read(ref *(int*)_memory));

    /// <param name="log">Where the log ends before the process writes anything.</param>
    public static OutputLedger Create(LogEnd log)
    {
        SafeFileHandle file = Libc.memfd_create("rtd-output-ledger");
        try
        {
            Libc.try_ftruncate(file.Fd(), Size);
            OutputLedger ledger = new(file);
            ledger.Active->Log = log;
            return ledger;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Takes over that of a former daemon.</summary>
    public static OutputLedger Open(SafeFileHandle file) => new(file);

    /// <summary>What is to be known of a stream after a kill.</summary>
    public StreamState StateOf(OutputStream stream)
    {
        lock (_gate)
        {
            return *Of(Active, stream);
        }
    }

    /// <summary>What had come of the last line.</summary>
    public byte[] RestOf(OutputStream stream)
    {
        lock (_gate)
        {
            int slot = Volatile.Read(ref *(int*)_memory);
            return new Span<byte>(RestAt(slot, stream), Of(SlotAt(slot), stream)->RestLength).ToArray();
        }
    }

    /// <summary>The hand is empty: what comes into it from now on has not been dealt with.</summary>
    public void TakeInHand(OutputStream stream)
    {
        lock (_gate)
        {
            Of(Active, stream)->Done = 0;
        }
    }

    /// <summary>Says what the next <see cref="Commit"/> of this stream is about: bytes that were copied out of the hand, and how many were in it.</summary>
    public void Prepare(OutputStream stream, int done, int inHand)
    {
        lock (_gate)
        {
            _prepared[Index(stream)] = *Of(Active, stream) with { Done = done, InHand = inHand };
        }
    }

    /// <summary>The same of output that was drained into a file.</summary>
    public void PrepareSpool(OutputStream stream, long spool, long offset)
    {
        lock (_gate)
        {
            _prepared[Index(stream)] = *Of(Active, stream) with { Done = 0, Spool = spool, SpoolOffset = offset };
        }
    }

    /// <summary>What was prepared has been dealt with, the log counts up to here, and this is what has come of the last line.</summary>
    public void Commit(OutputStream stream, ReadOnlySpan<byte> rest, LogEnd log)
    {
        lock (_gate)
        {
            int active = Volatile.Read(ref *(int*)_memory);
            int next = 1 - active;
            OutputStream other = stream == OutputStream.Stdout ? OutputStream.Stderr : OutputStream.Stdout;
            Slot* slot = SlotAt(next);
            slot->Log = log;
            *Of(slot, other) = *Of(SlotAt(active), other);
            new Span<byte>(RestAt(active, other), Of(slot, other)->RestLength).CopyTo(new Span<byte>(RestAt(next, other), MaxRest));
            *Of(slot, stream) = _prepared[Index(stream)] with { RestLength = rest.Length };
            rest.CopyTo(new Span<byte>(RestAt(next, stream), MaxRest));
            Volatile.Write(ref *(int*)_memory, next);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            Unmap();
        }

        File.Dispose();
        GC.SuppressFinalize(this);
    }

    private static int Index(OutputStream stream) => stream == OutputStream.Stderr ? 1 : 0;

    private static StreamState* Of(Slot* slot, OutputStream stream) => stream == OutputStream.Stderr ? &slot->Stderr : &slot->Stdout;

    private Slot* SlotAt(int slot) => (Slot*)(_memory + SlotsAt + slot * SlotSize);

    private byte* RestAt(int slot, OutputStream stream) => _memory + RestsAt + (2 * slot + Index(stream)) * MaxRest;

    private void Unmap()
    {
        if (_memory is not null)
        {
            Libc.munmap(_memory, Size);
            _memory = null;
        }
    }

    /// <summary>How far one stream has been dealt with.</summary>
    internal struct StreamState
    {
        /// <summary>So many bytes from the beginning of the hand are dealt with, and to be taken out.</summary>
        public int Done;

        /// <summary>Bytes in the hand before they are taken out.</summary>
        public int InHand;

        public int RestLength;

        /// <summary>Which file of drained output <see cref="SpoolOffset"/> is of.</summary>
        public long Spool;

        /// <summary>Up to here it has been dealt with.</summary>
        public long SpoolOffset;
    }

    private struct Slot
    {
        public LogEnd Log;
        public StreamState Stdout;
        public StreamState Stderr;
    }
}
