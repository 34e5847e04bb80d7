using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Execution;

/// <summary>The fds of one process: the child's ends, closed after the spawn, and ours.</summary>
internal sealed class Stdio : IDisposable
{
    private readonly List<SafeFileHandle> _theirs = [];
    private SafeFileHandle? _stdin;
    private SafeFileHandle? _stdout;
    private SafeFileHandle? _stderr;

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

    public void CloseChildEnds() => _theirs.ForEach(static fd => fd.Dispose());

    /// <summary>The terminal has come: its master is output, and input if asked for.</summary>
    public void UseTerminal(SafeFileHandle master)
    {
        _stdout = master;
        _stdin = Libc.Own(Libc.fcntl(master.Fd(), Libc.F_DUPFD_CLOEXEC));
    }

    public InputWriter? TakeInput(bool terminal) => Take(ref _stdin) is { } source ? new InputWriter(source, terminal) : null;

    public IReadOnlyList<OutputPump> TakeOutputs(IOutputSink sink)
    {
        List<OutputPump> pumps = [];
        if (Take(ref _stdout) is { } stdout)
        {
            pumps.Add(new OutputPump(stdout, OutputStream.Stdout, sink));
        }

        if (Take(ref _stderr) is { } stderr)
        {
            pumps.Add(new OutputPump(stderr, OutputStream.Stderr, sink));
        }

        return pumps;
    }

    public void Dispose()
    {
        CloseChildEnds();
        _stdin?.Dispose();
        _stdout?.Dispose();
        _stderr?.Dispose();
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
