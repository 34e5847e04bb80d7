using Rtd.Client.Engine;
using Rtd.Client.Terminal;

namespace Rtd.Client.Streams;

/// <summary>
/// Our standard streams joined to a container's. Input is copied by a thread of its own, and its end is passed on as a half-close;
/// output is copied by the caller until the container closes it.
/// </summary>
internal sealed class AttachedStreams(HijackedConnection connection, bool isTerminal, bool hasInput, bool hasOutput, byte[] detachSequence) : IDisposable
{
    private readonly TerminalMode? _rawMode = isTerminal && hasInput ? TerminalMode.EnterRaw(StandardStreams.Input) : null;
    private readonly ManualResetEventSlim _inputEnded = new(false);
    private volatile bool _detached;

    /// <summary>What attach and exec say when the user detached; run and start say nothing and succeed.</summary>
    public static ClientException Detached() => new("read escape sequence");

    /// <summary>Copies until the output ends; false when the user detached instead.</summary>
    public bool Run()
    {
        if (hasInput)
        {
            new Thread(CopyInput) { IsBackground = true, Name = "stdin" }.Start();
        }

        if (hasOutput)
        {
            CopyOutput();
        }
        else if (hasInput)
        {
            _inputEnded.Wait();
        }

        TerminalMode.RestoreAll();
        return !_detached;
    }

    public void Dispose()
    {
        _rawMode?.Dispose();
        connection.Dispose();
    }

    private void CopyOutput()
    {
        try
        {
            if (isTerminal)
            {
                CopyRaw();
            }
            else
            {
                StreamDemultiplexer.Copy(connection.Read, StandardStreams.WriteOutput, StandardStreams.WriteError);
            }
        }
        catch (ClientException) when (_detached)
        {
            // Detaching shuts the connection down under the reader.
            return;
        }
    }

    private void CopyRaw()
    {
        byte[] buffer = new byte[32 * 1024];
        int count;
        while ((count = connection.Read(buffer)) > 0)
        {
            StandardStreams.WriteOutput(buffer.AsSpan(0, count));
        }
    }

    private void CopyInput()
    {
        DetachKeys? keys = isTerminal ? new DetachKeys(detachSequence) : null;
        byte[] typed = new byte[32 * 1024];
        byte[] input = new byte[typed.Length + detachSequence.Length];
        try
        {
            int count;
            while ((count = Libc.read(StandardStreams.Input, typed)) > 0)
            {
                if (keys is null)
                {
                    connection.Write(typed.AsSpan(0, count));
                }
                else if (keys.Filter(typed.AsSpan(0, count), input, out int used))
                {
                    connection.Write(input.AsSpan(0, used));
                    Detach();
                    return;
                }
                else
                {
                    connection.Write(input.AsSpan(0, used));
                }
            }

            connection.CloseWrite();
        }
        catch (ClientException)
        {
            // The container closed its input: what it still says, and its exit code, come by the other way.
            return;
        }
        finally
        {
            _inputEnded.Set();
        }
    }

    private void Detach()
    {
        _detached = true;
        connection.Abort();
    }
}
