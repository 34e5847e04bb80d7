using System.Text;
using System.Threading.Channels;
using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Execution;
using Rtd.Daemon.Images.Transfer;

namespace Rtd.Daemon.Builds.Output;

/// <summary>What one stage says, in the documents of Docker's classic builder.</summary>
internal sealed class StageOutput(ChannelWriter<ImageMessage> messages, CancellationToken cancelled) : IBuildOutput
{
    /// <summary>The classic builder shows what commands write to stderr in red.</summary>
    private const string Red = "\e[91m", Plain = "\e[0m";

    private readonly Decoder _stdout = Encoding.UTF8.GetDecoder();
    private readonly Decoder _stderr = Encoding.UTF8.GetDecoder();

    public ITransferProgress Pull { get; } = new PullOutput(messages);

    public ValueTask LineAsync(string text) => MessageAsync(new ImageMessage { Stream = text + "\n" });

    /// <summary>A character that is cut between two chunks goes with the second.</summary>
    public ValueTask WriteAsync(OutputStream stream, ReadOnlyMemory<byte> data)
    {
        bool isError = stream == OutputStream.Stderr;
        Decoder decoder = isError ? _stderr : _stdout;
        char[] text = new char[data.Length + 2];
        int length = decoder.GetChars(data.Span, text, flush: false);
        string written = new(text, 0, length);
        return length == 0 ? ValueTask.CompletedTask : MessageAsync(new ImageMessage { Stream = isError ? Red + written + Plain : written });
    }

    public ValueTask ResultAsync(object value) => MessageAsync(new ImageMessage { Aux = value });

    private ValueTask MessageAsync(ImageMessage message) => messages.WriteAsync(message, cancelled);
}
