namespace Rtd.Daemon.Api.Hijack;

/// <summary>Bytes that are no acceptable HTTP/1 request; the connection ends with this answer.</summary>
internal sealed class FramingException(string message, int status = 400) : Exception(message)
{
    public int Status { get; } = status;
}
