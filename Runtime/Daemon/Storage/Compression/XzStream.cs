using System.Runtime.InteropServices;

namespace Rtd.Daemon.Storage.Compression;

/// <summary>xz, by the system's liblzma.</summary>
internal sealed unsafe class XzStream : PullStream
{
    private const int LZMA_OK = 0, LZMA_STREAM_END = 1, LZMA_MEMLIMIT_ERROR = 6, LZMA_RUN = 0, LZMA_FINISH = 3;
    private const uint LZMA_CONCATENATED = 8;

    /// <summary>xz -9 needs 65 MiB to decompress; what asks for much more is not an honest archive.</summary>
    private const ulong MemoryLimit = 256UL << 20;

    private static readonly Lazy<Functions> s_functions = new(() => new Functions(NativeLibraryLoad.Open("liblzma.so.5", "xz")), LazyThreadSafetyMode.PublicationOnly);

    private readonly Functions _lzma = s_functions.Value;
    private readonly Stream _source;
    private readonly byte[] _input = GC.AllocateUninitializedArray<byte>(64 * 1024, pinned: true);
    private lzma_stream* _stream;
    private bool _inputEnded;
    private bool _ended;

    public XzStream(Stream source)
    {
        _source = source;
        _stream = (lzma_stream*)NativeMemory.AllocZeroed((nuint)sizeof(lzma_stream));
        int result = _lzma.StreamDecoder(_stream, MemoryLimit, LZMA_CONCATENATED);
        if (result != LZMA_OK)
        {
            Dispose();
            throw new InvalidDataException($"xz: decoder cannot start (lzma error {result})");
        }
    }

    ~XzStream() => Release();

    public override int Read(Span<byte> buffer)
    {
        if (_ended || buffer.IsEmpty)
        {
            return 0;
        }

        ObjectDisposedException.ThrowIf(_stream is null, this);
        fixed (byte* output = buffer)
        {
            _stream->next_out = output;
            _stream->avail_out = (nuint)buffer.Length;
            while (_stream->avail_out == (nuint)buffer.Length && !_ended)
            {
                Step();
            }

            return buffer.Length - (int)_stream->avail_out;
        }
    }

    protected override void Dispose(bool disposing)
    {
        Release();
        base.Dispose(disposing);
    }

    private void Step()
    {
        if (_stream->avail_in == 0 && !_inputEnded)
        {
            int read = _source.Read(_input);
            _inputEnded = read == 0;
            _stream->next_in = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(_input, 0);
            _stream->avail_in = (nuint)read;
        }

        int result = _lzma.Code(_stream, _inputEnded ? LZMA_FINISH : LZMA_RUN);
        _ended = result switch
        {
            LZMA_OK => false,
            LZMA_STREAM_END => true,
            LZMA_MEMLIMIT_ERROR => throw new InvalidDataException("xz: the archive asks for too much memory"),
            _ => throw new InvalidDataException($"xz: damaged or truncated data (lzma error {result})"),
        };
    }

    private void Release()
    {
        if (_stream is not null)
        {
            _lzma.End(_stream);
            NativeMemory.Free(_stream);
            _stream = null;
        }
    }

    /// <summary><c>lzma_stream</c> of <c>lzma/base.h</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct lzma_stream
    {
        public byte* next_in;
        public nuint avail_in;
        public ulong total_in;
        public byte* next_out;
        public nuint avail_out;
        public ulong total_out;
        public void* allocator;
        public void* state;
        public void* reserved_ptr1;
        public void* reserved_ptr2;
        public void* reserved_ptr3;
        public void* reserved_ptr4;
        public ulong seek_pos;
        public ulong reserved_int2;
        public nuint reserved_int3;
        public nuint reserved_int4;
        public int reserved_enum1;
        public int reserved_enum2;
    }

    private sealed class Functions(nint library)
    {
        private readonly delegate* unmanaged<lzma_stream*, ulong, uint, int> _decoder =
            (delegate* unmanaged<lzma_stream*, ulong, uint, int>)NativeLibrary.GetExport(library, "lzma_stream_decoder");

        private readonly delegate* unmanaged<lzma_stream*, int, int> _code = (delegate* unmanaged<lzma_stream*, int, int>)NativeLibrary.GetExport(library, "lzma_code");

        private readonly delegate* unmanaged<lzma_stream*, void> _end = (delegate* unmanaged<lzma_stream*, void>)NativeLibrary.GetExport(library, "lzma_end");

        public int StreamDecoder(lzma_stream* stream, ulong memoryLimit, uint flags) => _decoder(stream, memoryLimit, flags);

        public int Code(lzma_stream* stream, int action) => _code(stream, action);

        public void End(lzma_stream* stream) => _end(stream);
    }
}
