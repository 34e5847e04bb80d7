using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Execution.Supervision;
using Rtd.Daemon.UserNamespaces;
using Rtd.Protocol.Supervision;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Execution;

/// <summary>The fds of one process: the child's ends, closed after the spawn, and ours.</summary>
internal sealed class Stdio : IDisposable
{
    private readonly List<SafeFileHandle> _theirs = [];
    private SafeFileHandle? _stdin;
    private SafeFileHandle? _stdout;
    private SafeFileHandle? _stderr;
    private SafeFileHandle? _stdoutInHand;
    private SafeFileHandle? _stderrInHand;
    private bool _terminal;

    /// <summary>fds 0, 1, 2 for the child.</summary>
    public required IReadOnlyList<SafeFileHandle> Child { get; init; }

    /// <summary>Pipes, or, with a terminal, the null device until the terminal is there.</summary>
    public static Stdio Open(bool terminal, bool openStdin)
    {
        SafeFileHandle nothing = Libc.open("/dev/null", Libc.O_RDWR);
        if (terminal)
        {
            Stdio none = new() { Child = [nothing, nothing, nothing] };
            none._theirs.Add(nothing);
            return none;
        }

        (SafeFileHandle? stdinRead, SafeFileHandle? stdinWrite) = openStdin ? Libc.pipe2(0) : (null, null);
        (SafeFileHandle stdoutRead, SafeFileHandle stdoutWrite) = Libc.pipe2(0);
        (SafeFileHandle stderrRead, SafeFileHandle stderrWrite) = Libc.pipe2(0);
        Stdio stdio = new() { Child = [stdinRead ?? nothing, stdoutWrite, stderrWrite] };
        stdio._theirs.AddRange([nothing, stdoutWrite, stderrWrite]);
        if (stdinRead is not null)
        {
            stdio._theirs.Add(stdinRead);
        }

        (stdio._stdin, stdio._stdout, stdio._stderr) = (stdinWrite, stdoutRead, stderrRead);
        return stdio;
    }

    /// <summary>The root of a user namespace can give only what is his to the user of the command.</summary>
    public void GiveTo(IdMaps maps)
    {
        foreach (SafeFileHandle pipe in Child.Where(fd => Libc.fstat(fd.Fd(), "stdio").Type == Libc.S_IFIFO))
        {
            Libc.fchown(pipe.Fd(), maps.RootUid, maps.RootGid);
        }
    }

    /// <summary>Those of a process that a former daemon started.</summary>
    public static Stdio TakeOver(HeldProcess process)
    {
        SafeFileHandle? terminal = process.Take(HeldFds.Terminal);
        Stdio stdio = new() { Child = [], _terminal = terminal is not null };
        if (terminal is not null)
        {
            stdio.UseTerminal(terminal);
        }
        else
        {
            (stdio._stdin, stdio._stdout, stdio._stderr) = (process.Take(HeldFds.Stdin), process.Take(HeldFds.Stdout), process.Take(HeldFds.Stderr));
        }

        (stdio._stdoutInHand, stdio._stderrInHand) = (process.Take(HeldFds.StdoutInHand), process.Take(HeldFds.StderrInHand));
        return stdio;
    }

    /// <summary>What is to outlive the daemon; with a ledger, pipes to have output in hand are made.</summary>
    public IReadOnlyList<(string Name, SafeFileHandle Fd)> Held(OutputLedger? ledger)
    {
        List<(string, SafeFileHandle)> held = [];
        void Add(string name, SafeFileHandle? fd)
        {
            if (fd is not null)
            {
                held.Add((name, fd));
            }
        }

        if (ledger is not null)
        {
            _stdoutInHand ??= _stdout is null ? null : MakeHand();
            _stderrInHand ??= _stderr is null ? null : MakeHand();
            Add(HeldFds.Ledger, ledger.File);
        }

        Add(HeldFds.Stdin, _terminal ? null : _stdin);
        Add(_terminal ? HeldFds.Terminal : HeldFds.Stdout, _stdout);
        Add(HeldFds.Stderr, _stderr);
        Add(HeldFds.StdoutInHand, _stdoutInHand);
        Add(HeldFds.StderrInHand, _stderrInHand);
        return held;
    }

    public void CloseChildEnds() => _theirs.ForEach(static fd => fd.Dispose());

    /// <summary>The terminal has come: its master is output, and input if asked for.</summary>
    public void UseTerminal(SafeFileHandle master)
    {
        _terminal = true;
        _stdout = master;
        _stdin = Libc.Own(Libc.fcntl(master.Fd(), Libc.F_DUPFD_CLOEXEC));
    }

    /// <summary>A copy of the terminal's master, to set its size by; null without a terminal.</summary>
    public SafeFileHandle? DuplicateTerminal() => _terminal && _stdout is { } master ? Libc.Own(Libc.fcntl(master.Fd(), Libc.F_DUPFD_CLOEXEC)) : null;

    public InputWriter? TakeInput(bool terminal) => Take(ref _stdin) is { } source ? new InputWriter(source, terminal) : null;

    public IReadOnlyList<IOutputPump> TakeOutputs(IOutputSink sink)
    {
        List<IOutputPump> pumps = [];
        AddPump(pumps, OutputStream.Stdout, ref _stdout, ref _stdoutInHand, sink);
        AddPump(pumps, OutputStream.Stderr, ref _stderr, ref _stderrInHand, sink);
        return pumps;
    }

    public void Dispose()
    {
        CloseChildEnds();
        _stdin?.Dispose();
        _stdout?.Dispose();
        _stderr?.Dispose();
        _stdoutInHand?.Dispose();
        _stderrInHand?.Dispose();
    }

    /// <summary>A pipe with one fd for both ends.</summary>
    private static SafeFileHandle MakeHand()
    {
        (SafeFileHandle read, SafeFileHandle write) = Libc.pipe2(0);
        using (read)
        using (write)
        {
            return Libc.open($"/proc/self/fd/{read.Fd()}", Libc.O_RDWR | Libc.O_NONBLOCK);
        }
    }

    private void AddPump(List<IOutputPump> pumps, OutputStream stream, ref SafeFileHandle? pipe, ref SafeFileHandle? hand, IOutputSink sink)
    {
        if (Take(ref pipe) is not { } source)
        {
            return;
        }

        if (hand is not null && sink is ILedgerSink { Ledger: { } ledger })
        {
            pumps.Add(new LedgerPump(source, hand, stream, sink, ledger, _terminal));
            hand = null;
        }
        else
        {
            pumps.Add(new OutputPump(source, stream, sink));
        }
    }

    private static IoSource? Take(ref SafeFileHandle? handle)
    {
        if (handle is null)
        {
            return null;
        }

        int flags = Libc.fcntl(handle.Fd(), Libc.F_GETFL);
        Libc.fcntl(handle.Fd(), Libc.F_SETFL, flags | Libc.O_NONBLOCK);
        IoSource source = IoLoop.Shared.Register(handle);
        handle = null;
        return source;
    }
}
