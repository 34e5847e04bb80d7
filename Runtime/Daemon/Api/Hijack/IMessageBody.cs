using System.Buffers;

namespace Rtd.Daemon.Api.Hijack;

/// <summary>Follows a request's body to its end.</summary>
internal interface IMessageBody
{
    /// <summary>The body has ended; what follows is the next request or a raw stream.</summary>
    bool Ended { get; }

    /// <summary>Takes what belongs to the body.</summary>
    /// <param name="payload">Gets the content without its framing, when given.</param>
    /// <returns>How many of the bytes those were; fewer than all only when the body has ended.</returns>
    /// <exception cref="FramingException">The framing is broken.</exception>
    int Scan(ReadOnlySpan<byte> bytes, IBufferWriter<byte>? payload);
}
