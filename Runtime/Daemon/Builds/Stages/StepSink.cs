using Rtd.Daemon.Builds.Output;
using Rtd.Daemon.Execution;

namespace Rtd.Daemon.Builds.Stages;

/// <summary>Takes what a step's command writes. Once the build is cancelled nobody waits for the client any more.</summary>
internal sealed class StepSink(IBuildOutput output) : IOutputSink
{
    public async ValueTask WriteAsync(OutputStream stream, ReadOnlyMemory<byte> data)
    {
        try
        {
            await output.WriteAsync(stream, data);
        }
        catch (Exception gone) when (gone is OperationCanceledException or System.Threading.Channels.ChannelClosedException)
        {
            // The container is about to be killed; its last words are nobody's.
        }
    }

    public ValueTask CompleteAsync() => ValueTask.CompletedTask;
}
