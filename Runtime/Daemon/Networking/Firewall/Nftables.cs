using System.Runtime.InteropServices;
using System.Text;
using Rtd.Daemon.Errors;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Networking.Firewall;

/// <summary>libnftables, loaded when it is there. One script at a time; each is one transaction in the kernel.</summary>
/// <remarks>The context's socket belongs to the network namespace of the thread that loads it.</remarks>
internal sealed unsafe class Nftables : IDisposable
{
    private const string DefaultLibrary = "libnftables.so.1";

    private readonly Lock _gate = new();
    private readonly nint _library;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*, int> _run;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*> _getOutput;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*> _getError;
    private readonly delegate* unmanaged[Cdecl]<nint, void> _free;
    private nint _context;
    private int _socket = -1;

    private Nftables(nint library)
    {
        _library = library;
        _run = (delegate* unmanaged[Cdecl]<nint, byte*, int>)NativeLibrary.GetExport(library, "nft_run_cmd_from_buffer");
        _getOutput = (delegate* unmanaged[Cdecl]<nint, byte*>)NativeLibrary.GetExport(library, "nft_ctx_get_output_buffer");
        _getError = (delegate* unmanaged[Cdecl]<nint, byte*>)NativeLibrary.GetExport(library, "nft_ctx_get_error_buffer");
        _free = (delegate* unmanaged[Cdecl]<nint, void>)NativeLibrary.GetExport(library, "nft_ctx_free");
        _context = NewContext(library);
        _socket = ProtectSockets();
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
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_context == 0, this);
            int result;
            fixed (byte* start = bytes)
            {
                result = _run(_context, start);
            }

            KeepSocketProtected();
            return result == 0
                ? Marshal.PtrToStringUTF8((nint)_getOutput(_context)) ?? ""
                : throw EngineException.System($"firewall: {FirstLine(Marshal.PtrToStringUTF8((nint)_getError(_context)))}");
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_context != 0)
            {
                _free(_context);
                _context = 0;
                NativeLibrary.Free(_library);
            }
        }
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
    private static string FirstLine(string? text)
    {
        string line = (text ?? "").Split('\n', 2)[0];
        int mark = line.IndexOf("Error: ", StringComparison.Ordinal);
        return mark >= 0 ? line[(mark + "Error: ".Length)..] : line.Length > 0 ? line : "nft gave no reason";
    }

    /// <summary>libnftables opens its socket without close-on-exec, and again after an interrupted dump; spawned processes must not have it.</summary>
    private void KeepSocketProtected()
    {
        if (_socket < 0 || Libc.try_getfd(_socket) != Libc.FD_CLOEXEC)
        {
            _socket = ProtectSockets();
        }
    }

    private static int ProtectSockets()
    {
        int found = -1;
        foreach (string path in Directory.EnumerateFileSystemEntries("/proc/self/fd"))
        {
            if (int.TryParse(Path.GetFileName(path), out int fd) && Libc.try_getfd(fd) == 0 && Libc.is_netlink(fd, Libc.NETLINK_NETFILTER))
            {
                Libc.fcntl(fd, Libc.F_SETFD, Libc.FD_CLOEXEC);
                found = fd;
            }
        }

        return found;
    }
}
