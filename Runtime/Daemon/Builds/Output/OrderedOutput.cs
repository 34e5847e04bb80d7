using System.Threading.Channels;
using Rtd.Daemon.Api.Models;

namespace Rtd.Daemon.Builds.Output;

/// <summary>
/// Lets stages that run side by side be read one after another, in the order of the file, as clients expect: the first that has not ended speaks at
/// once, what others say waits for their turn.
/// </summary>
/// <remarks>
/// What waits is bounded; a stage that has said more waits itself. Since a stage only needs earlier ones, whose turn comes before its own, that
/// holds nobody up for good.
/// </remarks>
internal sealed class OrderedOutput(Func<ImageMessage, Task> send)
{
    /// <summary>Messages; most hold a line or a few KiB.</summary>
    private const int Waiting = 512;

    /// <summary>Sends all that the stages say, each to its end before the next; after one that has failed nothing more.</summary>
    /// <param name="stages">In the order of the file, each with its outcome.</param>
    public async Task RunAsync(IReadOnlyList<(Channel<ImageMessage> Messages, Task Outcome)> stages, CancellationToken cancelled)
    {
        foreach ((Channel<ImageMessage> messages, Task outcome) in stages)
        {
            await foreach (ImageMessage message in messages.Reader.ReadAllAsync(cancelled))
            {
                await send(message);
            }

            if (outcome.IsFaulted)
            {
                return;
            }
        }
    }

    public static Channel<ImageMessage> NewStage() => Channel.CreateBounded<ImageMessage>(new BoundedChannelOptions(Waiting) { SingleReader = true });
}
