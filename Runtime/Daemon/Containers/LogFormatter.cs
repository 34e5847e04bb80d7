using System.Buffers;
using Rtd.Daemon.Containers.Streams;
using Rtd.Daemon.Containers.Text;
using Rtd.Daemon.Execution;
using Rtd.Daemon.Logging;

namespace Rtd.Daemon.Containers;

/// <summary>Writes log messages as clients read them: framed unless from a terminal, each line with its time and its details when asked for.</summary>
/// <param name="details">What comes before each line, null for nothing.</param>
internal sealed class LogFormatter(bool tty, bool timestamps, byte[]? details)
{
    private readonly ArrayBufferWriter<byte> _line = new();
    private bool _insideStdout;
    private bool _insideStderr;

    public void Write(IBufferWriter<byte> output, in LogMessage message)
    {
        ReadOnlySpan<byte> data = message.Data.Span;
        if ((timestamps || details is not null) && StartsLine(message))
        {
            _line.ResetWrittenCount();
            if (timestamps)
            {
                Timestamps.WriteFixed(_line, message.Time);
                _line.Write(" "u8);
            }

            _line.Write(details);
            _line.Write(data);
            data = _line.WrittenSpan;
        }

        if (tty)
        {
            output.Write(data);
        }
        else
        {
            StreamFrame.Write(output, message.Stream, data);
        }
    }

    /// <summary>Parts of one long line are joined: only the first has a time.</summary>
    private bool StartsLine(in LogMessage message)
    {
        ref bool inside = ref message.Stream == OutputStream.Stderr ? ref _insideStderr : ref _insideStdout;
        bool starts = !inside;
        inside = !message.Data.Span.EndsWith("\n"u8);
        return starts;
    }
}
