using System.Runtime.InteropServices;

namespace Rtd.Daemon.Storage.Compression;

/// <summary>zstd (RFC 8878), by the system's libzstd; frames one after another and skippable frames included.</summary>
internal sealed unsafe class ZstdStream : PullStream
{
    private const int ZSTD_d_windowLogMax = 100;

    /// <summary>128 MiB: what <c>zstd --long=27</c> needs, and the limit of the zstd program itself.</summary>
    private const int WindowLogMax = 27;

    private static readonly Lazy<Functions> s_functions = new(() => new Functions(NativeLibraryLoad.Open("libzstd.so.1", "zstd")), LazyThreadSafetyMode.PublicationOnly);

    private readonly Functions _zstd = s_functions.Value;
    private readonly Stream _source;
    private readonly byte[] _input = GC.AllocateUninitializedArray<byte>(64 * 1024, pinned: true);
    private void* _context;
    private nuint _available;
    private nuint _position;
    private bool _inFrame;

    public ZstdStream(Stream source)
    {
        _source = source;
        _context = _zstd.Create();
        if (_context is null)
        {
            throw new InvalidDataException("zstd: decoder cannot start");
        }

        Check(_zstd.SetParameter(_context, ZSTD_d_windowLogMax, WindowLogMax));
    }

    ~ZstdStream() => Release();

    public override int Read(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_context is null, this);
        if (buffer.IsEmpty)
        {
            return 0;
        }

        fixed (byte* data = buffer)
        {
            ZSTD_buffer output = new() { data = data, size = (nuint)buffer.Length };
            while (output.position == 0)
            {
                bool ended = _position == _available && !Refill();
                if (ended && !_inFrame)
                {
                    return 0;
                }

                Step(&output);
                if (ended && output.position == 0)
                {
                    throw new InvalidDataException("zstd: truncated data");
                }
            }

            return (int)output.position;
        }
    }

    protected override void Dispose(bool disposing)
    {
        Release();
        base.Dispose(disposing);
    }

    /// <summary>What was decoded but did not fit into the last output comes out of a step without input, too.</summary>
    private void Step(ZSTD_buffer* output)
    {
        ZSTD_buffer input = new() { data = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(_input, 0), size = _available, position = _position };
        _inFrame = Check(_zstd.Decompress(_context, output, &input)) != 0;
        _position = input.position;
    }

    private bool Refill()
    {
        _available = (nuint)_source.Read(_input);
        _position = 0;
        return _available > 0;
    }

    private nuint Check(nuint result) => _zstd.Error(result) is { } error ? throw new InvalidDataException($"zstd: {error}") : result;

    private void Release()
    {
        if (_context is not null)
        {
            _zstd.Free(_context);
            _context = null;
        }
    }

    /// <summary><c>ZSTD_inBuffer</c> and <c>ZSTD_outBuffer</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct ZSTD_buffer
    {
        public byte* data;
        public nuint size;
        public nuint position;
    }

    private sealed class Functions(nint library)
    {
        private readonly delegate* unmanaged<void*> _create = (delegate* unmanaged<void*>)NativeLibrary.GetExport(library, "ZSTD_createDCtx");

        private readonly delegate* unmanaged<void*, nuint> _free = (delegate* unmanaged<void*, nuint>)NativeLibrary.GetExport(library, "ZSTD_freeDCtx");

        private readonly delegate* unmanaged<void*, int, int, nuint> _setParameter =
            (delegate* unmanaged<void*, int, int, nuint>)NativeLibrary.GetExport(library, "ZSTD_DCtx_setParameter");

        private readonly delegate* unmanaged<void*, ZSTD_buffer*, ZSTD_buffer*, nuint> _decompress =
            (delegate* unmanaged<void*, ZSTD_buffer*, ZSTD_buffer*, nuint>)NativeLibrary.GetExport(library, "ZSTD_decompressStream");

        private readonly delegate* unmanaged<nuint, uint> _isError = (delegate* unmanaged<nuint, uint>)NativeLibrary.GetExport(library, "ZSTD_isError");

        private readonly delegate* unmanaged<nuint, byte*> _errorName = (delegate* unmanaged<nuint, byte*>)NativeLibrary.GetExport(library, "ZSTD_getErrorName");

        public void* Create() => _create();

        public void Free(void* context) => _free(context);

        public nuint SetParameter(void* context, int parameter, int value) => _setParameter(context, parameter, value);

        public nuint Decompress(void* context, ZSTD_buffer* output, ZSTD_buffer* input) => _decompress(context, output, input);

        public string? Error(nuint result) => _isError(result) != 0 ? Marshal.PtrToStringUTF8((nint)_errorName(result)) : null;
    }
}
