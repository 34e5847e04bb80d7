using Rtd.Client.Terminal;

namespace Rtd.Client.Streams;

/// <summary>Container output to our own descriptors, without a buffer between.</summary>
internal static class StandardStreams
{
    public const int Input = 0, Output = 1, Error = 2;

    public static void WriteOutput(ReadOnlySpan<byte> bytes) => Write(Output, bytes);

    public static void WriteError(ReadOnlySpan<byte> bytes) => Write(Error, bytes);

    /// <exception cref="BrokenPipeException">The reader has gone.</exception>
    private static void Write(int fd, ReadOnlySpan<byte> bytes)
    {
        int result = Libc.write_all(fd, bytes);
        if (result == -Libc.EPIPE)
        {
            throw new BrokenPipeException();
        }

        if (result < 0)
        {
            throw new ClientException($"write: {ErrnoText.Of(-result)}");
        }
    }
}
