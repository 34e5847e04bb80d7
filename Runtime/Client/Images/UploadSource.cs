using Rtd.Client.Formatting;
using Rtd.Client.Terminal;

namespace Rtd.Client.Images;

/// <summary>A file or standard input on its way to the daemon; on a terminal it shows how far it is, when the size is known.</summary>
internal sealed class UploadSource : Stream
{
    private readonly Stream _source;
    private readonly TextSink _terminal;
    private readonly long _total;
    private readonly bool _shows;
    private long _sent;
    private long _lastShown = -1;

    private UploadSource(Stream source, long total, TextSink terminal)
    {
        _source = source;
        _total = total;
        _terminal = terminal;
        _shows = terminal.IsTerminal && total > 0;
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <exception cref="ClientException">The file cannot be read.</exception>
    public static UploadSource OpenFile(string path, TextSink terminal)
    {
        try
        {
            if (Directory.Exists(path))
            {
                throw new ClientException($"read {path}: is a directory");
            }

            FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            return new UploadSource(file, file.CanSeek ? file.Length : 0, terminal);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ClientException($"open {path}: {ErrnoText.Of(Libc.ENOENT)}");
        }
        catch (UnauthorizedAccessException)
        {
            throw new ClientException($"open {path}: {ErrnoText.Of(Libc.EACCES)}");
        }
    }

    public static UploadSource OpenStandardInput(TextSink terminal) => new(new DescriptorStream(0), 0, terminal);

    public override int Read(Span<byte> buffer)
    {
        int count = _source.Read(buffer);
        _sent += count;
        Show(isEnd: count == 0);
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _source.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Redraws the bar for each hundredth, and clears it at the end: what follows is the daemon's own progress.</summary>
    private void Show(bool isEnd)
    {
        if (!_shows)
        {
            return;
        }

        long hundredth = _sent * 100 / _total;
        if (hundredth == _lastShown && !isEnd)
        {
            return;
        }

        _lastShown = hundredth;
        _terminal.Write(isEnd ? "\r\u001b[2K" : $"\r\u001b[2KUploading {ProgressPrinter.Bar(Math.Min(_sent, _total), _total, "", _terminal.Columns)}");
        _terminal.Flush();
    }
}
