using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Rtd.Daemon.Errors;
using Rtd.Protocol.Spawn;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Networking.Firewall;

/// <summary>libnftables, loaded when it is there. One script at a time; each is one transaction in the kernel.</summary>
/// <remarks>
/// It is used by one thread that has a table of fds of its own. The library waits for its socket by select(2), which ends the whole process (glibc's
/// check of FD_SET) when the socket's number is 1024 or more; and it opens a socket again after an interrupted dump, when a daemon with some hundred
/// containers has no lower number left. Nor can a process that is spawned get the socket, which has no close-on-exec. The thread must start nothing: a
/// thread that is created from it would have its fds. The socket belongs to the network namespace of the thread that loads the library.
/// </remarks>
internal sealed unsafe class Nftables : IDisposable
{
    private const string DefaultLibrary = "libnftables.so.1";

    private readonly Lock _gate = new();
    private readonly nint _library;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*, int> _run;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*> _getOutput;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*> _getError;
    private readonly delegate* unmanaged[Cdecl]<nint, void> _free;
    private readonly BlockingCollection<NftablesScript> _scripts = [];
    private readonly Thread _thread;
    private bool _disposed;

    private Nftables(nint library)
    {
        _library = library;
        _run = (delegate* unmanaged[Cdecl]<nint, byte*, int>)NativeLibrary.GetExport(library, "nft_run_cmd_from_buffer");
        _getOutput = (delegate* unmanaged[Cdecl]<nint, byte*>)NativeLibrary.GetExport(library, "nft_ctx_get_output_buffer");
        _getError = (delegate* unmanaged[Cdecl]<nint, byte*>)NativeLibrary.GetExport(library, "nft_ctx_get_error_buffer");
        _free = (delegate* unmanaged[Cdecl]<nint, void>)NativeLibrary.GetExport(library, "nft_ctx_free");
        NftablesScript opening = new([]);
        _thread = new Thread(() => Serve(opening)) { IsBackground = true, Name = "nftables" };
        _thread.StartOrThrow();
        opening.Wait();
    }

    /// <summary>Throws a clear error, with what to install, when the library is not there.</summary>
    public static Nftables Load(string libraryName = DefaultLibrary)
    {
        if (!NativeLibrary.TryLoad(libraryName, out nint library))
        {
            throw EngineException.System($"firewall: {libraryName} not found: install it (Debian, Ubuntu: libnftables1; Fedora, Arch: nftables) or start with --iptables=false");
        }

        return new Nftables(library);
    }

    /// <summary>Runs a script and returns what it prints. Throws with nft's first line of complaint; nothing has changed then.</summary>
    public string Run(string script)
    {
        byte[] bytes = new byte[Encoding.UTF8.GetByteCount(script) + 1];
        Encoding.UTF8.GetBytes(script, bytes);
        NftablesScript order = new(bytes);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _scripts.Add(order);
            order.Wait();
        }

        return order.Failed ? throw EngineException.System($"firewall: {FirstLine(order.Output)}") : order.Output;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (!_disposed)
            {
                _disposed = true;
                _scripts.CompleteAdding();
                _thread.Join();
                _scripts.Dispose();
                NativeLibrary.Free(_library);
            }
        }
    }

    /// <summary>The thread's life.</summary>
    private void Serve(NftablesScript opening)
    {
        nint context;
        try
        {
            PartFromFds();
            context = NewContext(_library);
        }
        catch (Exception failure)
        {
            opening.Break(failure);
            return;
        }

        opening.End(failed: false, "");
        foreach (NftablesScript script in _scripts.GetConsumingEnumerable())
        {
            int result;
            fixed (byte* start = script.Text)
            {
                result = _run(context, start);
            }

            script.End(result != 0, Marshal.PtrToStringUTF8((nint)(result == 0 ? _getOutput(context) : _getError(context))) ?? "");
        }

        _free(context);
    }

    /// <summary>From here on the thread has no fd but the standard ones.</summary>
    private static void PartFromFds()
    {
        uint first = 3;
        foreach (uint kept in RuntimeFds())
        {
            if (kept > first)
            {
                Libc.close_range(first, kept - 1, Libc.CLOSE_RANGE_UNSHARE);
            }

            first = kept + 1;
        }

        Libc.close_range(first, uint.MaxValue, Libc.CLOSE_RANGE_UNSHARE);
    }

    /// <summary>The memory that a runtime with a compiler writes code to, which it opens first of all; such a runtime is under the tests only.</summary>
    private static IEnumerable<uint> RuntimeFds()
    {
        const int First = 3, Few = 32;
        return Enumerable.Range(First, Few)
            .Where(fd => new FileInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{fd}")).LinkTarget?.Contains("memfd:doublemapper", StringComparison.Ordinal) == true)
            .Select(fd => (uint)fd);
    }

    private static nint NewContext(nint library)
    {
        var create = (delegate* unmanaged[Cdecl]<uint, nint>)NativeLibrary.GetExport(library, "nft_ctx_new");
        var bufferOutput = (delegate* unmanaged[Cdecl]<nint, int>)NativeLibrary.GetExport(library, "nft_ctx_buffer_output");
        var bufferError = (delegate* unmanaged[Cdecl]<nint, int>)NativeLibrary.GetExport(library, "nft_ctx_buffer_error");
        nint context = create(0);
        return context != 0 && bufferOutput(context) == 0 && bufferError(context) == 0
            ? context
            : throw EngineException.System("firewall: libnftables gives no context");
    }

    /// <summary>"Error: Could not process rule: No such file or directory" and a drawing below it.</summary>
    private static string FirstLine(string text)
    {
        string line = text.Split('\n', 2)[0];
        int mark = line.IndexOf("Error: ", StringComparison.Ordinal);
        return mark >= 0 ? line[(mark + "Error: ".Length)..] : line.Length > 0 ? line : "nft gave no reason";
    }
}
