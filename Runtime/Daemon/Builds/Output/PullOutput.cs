using System.Threading.Channels;
using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Images.Transfer;

namespace Rtd.Daemon.Builds.Output;

/// <summary>Progress of a base image's pull in a build's output. Downloads wait for nobody: what there is no room for is told in less detail.</summary>
internal sealed class PullOutput(ChannelWriter<ImageMessage> messages) : ITransferProgress
{
    public void Message(string? id, string text) => messages.TryWrite(new ImageMessage { Status = text, Id = id });

    public void State(string id, string action) => messages.TryWrite(new ImageMessage { Status = action, ProgressDetail = new ImageProgress(), Id = id });

    public void Bytes(string id, string action, long current, long total) =>
        messages.TryWrite(new ImageMessage { Status = action, ProgressDetail = new ImageProgress { Current = current, Total = total }, Id = id });

    public void Result(object value)
    {
        // The digest of a base image is no result of the build.
    }
}
