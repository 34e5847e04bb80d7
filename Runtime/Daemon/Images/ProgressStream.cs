using Rtd.Daemon.Storage.Compression;

namespace Rtd.Daemon.Images;

/// <summary>Tells how much has been read: about a hundred times for all of it, and at the end.</summary>
internal sealed class ProgressStream(Stream source, long total, string id, string action, IProgressOutput progress) : PullStream
{
    private readonly long _interval = Math.Max(total / 100, 512 * 1024);
    private long _current;
    private long _told;
    private bool _ended;

    public override int Read(Span<byte> buffer)
    {
        int read = source.Read(buffer);
        _current += read;
        bool ends = !_ended && (_current == total || read == 0);
        if (ends || _current - _told >= _interval)
        {
            _ended |= ends;
            _told = _current;
            progress.Step(id, action, _current, total);
        }

        return read;
    }
}
