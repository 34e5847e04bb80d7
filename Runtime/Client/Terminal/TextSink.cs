using System.Text;

namespace Rtd.Client.Terminal;

/// <summary>UTF-8 text to a file descriptor, collected in one buffer so that a table is one write.</summary>
internal class TextSink(int fd)
{
    private const int FlushThreshold = 32 * 1024;

    private readonly bool _isTerminal = fd >= 0 && Libc.isatty(fd);
    private byte[] _buffer = new byte[1024];
    private int _used;

    /// <summary>The file descriptor, or -1.</summary>
    public int Descriptor => fd;

    public virtual bool IsTerminal => _isTerminal;

    /// <summary>Columns of the terminal, 0 when it is not one.</summary>
    public virtual int Columns => IsTerminal ? Libc.window_size(fd).Columns : 0;

    /// <summary>Rows of the terminal, 0 when it is not one.</summary>
    public virtual int Rows => IsTerminal ? Libc.window_size(fd).Rows : 0;

    public void Write(ReadOnlySpan<char> text)
    {
        int most = Encoding.UTF8.GetMaxByteCount(text.Length);
        Reserve(most);
        _used += Encoding.UTF8.GetBytes(text, _buffer.AsSpan(_used));
        FlushIfLarge();
    }

    public void WriteLine(ReadOnlySpan<char> text)
    {
        Write(text);
        Write("\n");
    }

    public void WriteLine() => Write("\n");

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length >= FlushThreshold)
        {
            Flush();
            WriteThrough(bytes);
            return;
        }

        Reserve(bytes.Length);
        bytes.CopyTo(_buffer.AsSpan(_used));
        _used += bytes.Length;
        FlushIfLarge();
    }

    /// <exception cref="BrokenPipeException">The reader has gone.</exception>
    public void Flush()
    {
        if (_used > 0)
        {
            int count = _used;
            _used = 0;
            WriteThrough(_buffer.AsSpan(0, count));
        }
    }

    /// <exception cref="BrokenPipeException">The reader has gone.</exception>
    protected virtual void WriteThrough(ReadOnlySpan<byte> bytes)
    {
        int result = Libc.write_all(fd, bytes);
        if (result == -Libc.EPIPE)
        {
            throw new BrokenPipeException();
        }

        if (result < 0)
        {
            throw new ClientException($"write to standard {(fd == 2 ? "error" : "output")}: {ErrnoText.Of(-result)}");
        }
    }

    private void Reserve(int count)
    {
        if (_buffer.Length - _used < count)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _used + count));
        }
    }

    private void FlushIfLarge()
    {
        if (_used >= FlushThreshold)
        {
            Flush();
        }
    }
}
