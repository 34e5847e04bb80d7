using System.Net;
using System.Net.Http.Headers;

namespace Rtd.Daemon.Images.Registry;

/// <summary>A request body of unknown length that is made while it is sent; each piece taken by the registry puts off the end of patience.</summary>
/// <param name="write">Writes it all.</param>
/// <param name="limit">Cancels the request.</param>
/// <param name="stall">How long one piece may take.</param>
/// <param name="answer">How long the answer may take after the last.</param>
internal sealed class UploadContent : HttpContent
{
    private readonly Func<Stream, CancellationToken, Task> _write;
    private readonly CancellationTokenSource _limit;
    private readonly TimeSpan _stall;
    private readonly TimeSpan _answer;

    public UploadContent(Func<Stream, CancellationToken, Task> write, CancellationTokenSource limit, TimeSpan stall, TimeSpan answer)
    {
        _write = write;
        _limit = limit;
        _stall = stall;
        _answer = answer;
        Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await using WatchedStream watched = new(stream, _limit, _stall);
        await _write(watched, cancellationToken);
        _limit.CancelAfter(_answer);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    private sealed class WatchedStream(Stream target, CancellationTokenSource limit, TimeSpan stall) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await target.WriteAsync(buffer, cancellationToken);
            limit.CancelAfter(stall);
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => target.FlushAsync(cancellationToken);

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
