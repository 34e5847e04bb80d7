using System.IO.Pipelines;

namespace Rtd.Client.Streams;

/// <summary>Gives what is written on another thread to be read, a bounded piece at a time.</summary>
internal static class ProducedStream
{
    private const int Segment = 64 * 1024;

    /// <param name="produce">Writes everything; its failure is the reader's.</param>
    public static Stream Of(Action<Stream> produce)
    {
        Pipe pipe = new(new PipeOptions(pauseWriterThreshold: 16 * Segment, resumeWriterThreshold: 8 * Segment, minimumSegmentSize: Segment, useSynchronizationContext: false));
        Thread writer = new(() =>
        {
            Exception? failure = null;
            try
            {
                using Stream output = pipe.Writer.AsStream(leaveOpen: true);
                produce(output);
            }
            catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
            {
                failure = new ClientException(unreadable.Message);
            }
            catch (ClientException told)
            {
                failure = told;
            }

            pipe.Writer.Complete(failure);
        })
        {
            IsBackground = true,
            Name = "archive",
        };
        writer.Start();
        return pipe.Reader.AsStream();
    }
}
