using System.Collections.Concurrent;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Threading.Channels;
using Rtd.Daemon.Storage.Files;

namespace Rtd.Daemon.Images.Transfer;

/// <summary>Compresses a stream of any length on all processors: as gzip members of a mebibyte each, one after another (RFC 1952, 2.2), which every gzip reads as one.</summary>
/// <param name="level">How hard to try.</param>
internal sealed class ParallelGzip(CompressionLevel level) : IDisposable
{
    private const int BlockSize = 1 << 20;

    /// <summary>Buffers that are free: at a mebibyte for each block, garbage would be the greater part of the daemon's memory.</summary>
    private readonly ConcurrentBag<byte[]> _plain = [];
    private readonly ConcurrentBag<MemoryStream> _compressed = [];
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Bytes of compressed output so far.</summary>
    public long Size { get; private set; }

    /// <summary>Of the output so far, as <c>sha256:…</c>.</summary>
    public string Digest() => "sha256:" + Convert.ToHexStringLower(_hash.GetCurrentHash());

    /// <summary>Runs a writer of plain bytes on a thread of its own and writes the compressed ones, in order; a few blocks are in memory at any time.</summary>
    public async Task RunAsync(Action<Stream, CancellationToken> produce, Stream output, CancellationToken cancelled)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
        Channel<Task<MemoryStream>> blocks = Channel.CreateBounded<Task<MemoryStream>>(Environment.ProcessorCount + 1);
        Task producer = Task.Factory.StartNew(() => Produce(produce, blocks.Writer, stop.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            await foreach (Task<MemoryStream> block in blocks.Reader.ReadAllAsync(cancelled))
            {
                MemoryStream compressed = await block;
                ReadOnlyMemory<byte> bytes = compressed.GetBuffer().AsMemory(0, (int)compressed.Length);
                _hash.AppendData(bytes.Span);
                Size += bytes.Length;
                await output.WriteAsync(bytes, cancelled);
                _compressed.Add(compressed);
            }
        }
        finally
        {
            await stop.CancelAsync();
            await producer;
        }
    }

    public void Dispose() => _hash.Dispose();

    /// <summary>Never throws: its failure comes out where the blocks are read.</summary>
    private void Produce(Action<Stream, CancellationToken> produce, ChannelWriter<Task<MemoryStream>> blocks, CancellationToken stop)
    {
        try
        {
            using BlockWriter writer = new(this, block => blocks.WriteAsync(block, stop).AsTask().GetAwaiter().GetResult());
            produce(writer, stop);
            writer.Finish();
            blocks.Complete();
        }
        catch (Exception failure)
        {
            blocks.Complete(failure);
        }
    }

    private byte[] Rent() => _plain.TryTake(out byte[]? free) ? free : new byte[BlockSize];

    private MemoryStream Compress(byte[] block, int length)
    {
        MemoryStream compressed = _compressed.TryTake(out MemoryStream? free) ? free : new MemoryStream(BlockSize / 2);
        compressed.SetLength(0);
        using (GZipStream gzip = new(compressed, level, leaveOpen: true))
        {
            gzip.Write(block, 0, length);

            // Without any input the framework writes nothing, not even a header.
            if (length == 0)
            {
                compressed.Write([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
            }
        }

        _plain.Add(block);
        return compressed;
    }

    /// <summary>Cuts what is written into blocks and has each compressed on the thread pool.</summary>
    private sealed class BlockWriter(ParallelGzip gzip, Action<Task<MemoryStream>> send) : PushStream
    {
        private byte[] _block = gzip.Rent();
        private int _length;
        private bool _sent;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            while (!buffer.IsEmpty)
            {
                int length = Math.Min(buffer.Length, BlockSize - _length);
                buffer[..length].CopyTo(_block.AsSpan(_length));
                buffer = buffer[length..];
                _length += length;
                if (_length == BlockSize)
                {
                    Send();
                }
            }
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        /// <summary>Nothing at all is one empty member.</summary>
        public void Finish()
        {
            if (_length > 0 || !_sent)
            {
                Send();
            }
        }

        public override void Flush()
        {
        }

        private void Send()
        {
            byte[] block = _block;
            int length = _length;
            _block = gzip.Rent();
            _length = 0;
            _sent = true;
            send(Task.Run(() => gzip.Compress(block, length)));
        }
    }
}
