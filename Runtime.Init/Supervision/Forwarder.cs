using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Syscalls;

namespace Rtd.Init.Supervision;

/// <summary>Serves a published TCP port while there is no daemon. Connections that have begun go on when there is one again.</summary>
/// <remarks>Two threads a connection, which the kernel moves the bytes for: this is for the minutes of an upgrade, not for ever.</remarks>
/// <param name="listener">The port's socket; whose it is, it stays.</param>
/// <param name="target">struct sockaddr of the container's side.</param>
internal sealed class Forwarder(SafeFileHandle listener, byte[] target)
{
    private const int MaxConnections = 256, PipeSize = 64 << 10;

    private static int s_connections;

    public void Start(EventLoop loop)
    {
        int flags = Libc.fcntl(listener.Fd(), Libc.F_GETFL);
        Libc.fcntl(listener.Fd(), Libc.F_SETFL, flags | Libc.O_NONBLOCK);
        loop.Watch(listener.Fd(), Libc.EPOLLIN, _ => Accept());
    }

    public void Stop(EventLoop loop) => loop.Unwatch(listener.Fd());

    private void Accept()
    {
        int fd = Libc.try_accept(listener.Fd());
        if (fd < 0)
        {
            return;
        }

        SafeFileHandle client = Libc.Own(fd);
        if (Interlocked.Increment(ref s_connections) > MaxConnections)
        {
            Interlocked.Decrement(ref s_connections);
            client.Dispose();
            return;
        }

        try
        {
            new Thread(() => Serve(client)) { IsBackground = true }.Start();
        }
        catch (OutOfMemoryException)
        {
            Interlocked.Decrement(ref s_connections);
            client.Dispose();
        }
    }

    private void Serve(SafeFileHandle client)
    {
        using (client)
        {
            try
            {
                using SafeFileHandle server = Libc.connect_tcp(target);
                (SafeFileHandle output, SafeFileHandle input) = Libc.pipe2(0);
                (SafeFileHandle answerOutput, SafeFileHandle answerInput) = Libc.pipe2(0);
                using (output)
                using (input)
                using (answerOutput)
                using (answerInput)
                {
                    Thread answers = new(() => Copy(server, answerInput, answerOutput, client)) { IsBackground = true };
                    answers.Start();
                    Copy(client, input, output, server);
                    answers.Join();
                }
            }
            catch (Exception failure) when (failure is SyscallException or OutOfMemoryException)
            {
                // Refused; or no fd, or no thread (which the runtime calls so), is to be had.
                Console.Error.WriteLine($"rtd-supervisor: a published port: {failure.Message}");
            }
            finally
            {
                Interlocked.Decrement(ref s_connections);
            }
        }
    }

    /// <summary>One direction, to its end; the other may go on.</summary>
    private static void Copy(SafeFileHandle from, SafeFileHandle input, SafeFileHandle output, SafeFileHandle to)
    {
        int count;
        while ((count = Libc.try_splice_waiting(from.Fd(), input.Fd(), PipeSize)) > 0)
        {
            while (count > 0)
            {
                int moved = Libc.try_splice_waiting(output.Fd(), to.Fd(), count);
                if (moved <= 0)
                {
                    // Whoever does not take it any more does not send it any more either.
                    Libc.shutdown(from.Fd(), Libc.SHUT_RDWR);
                    Libc.shutdown(to.Fd(), Libc.SHUT_RDWR);
                    return;
                }

                count -= moved;
            }
        }

        Libc.shutdown(to.Fd(), count == 0 ? Libc.SHUT_WR : Libc.SHUT_RDWR);
    }
}
