using System.Text;
using Rtd.Daemon.Api.Models;

namespace Rtd.Daemon.Api.Routes;

/// <summary>A build's answer: a stream of documents that begins with the first one, so that errors before it get a status of their own.</summary>
/// <param name="quiet">Only the image's id is sent; what was said besides follows when the build fails.</param>
internal sealed class BuildMessages(ApiContext context, bool quiet)
{
    /// <summary>As much as a failed quiet build shows of what it said.</summary>
    private const int MaxHeld = 1 << 20;

    private readonly StringBuilder _held = new();

    public bool HasStarted { get; private set; }

    public async Task SendAsync(ImageMessage message)
    {
        if (!quiet)
        {
            await WriteAsync(message);
        }
        else if (_held.Length < MaxHeld)
        {
            _held.Append(message.Stream);
        }
    }

    public async Task FinishAsync(string imageId)
    {
        if (quiet)
        {
            await WriteAsync(new ImageMessage { Stream = imageId + "\n" });
        }
    }

    public async Task FailAsync(string message, int? code)
    {
        context.Failed = true;
        if (_held.Length > 0)
        {
            await WriteAsync(new ImageMessage { Stream = _held.ToString() });
        }

        await WriteAsync(new ImageMessage { Error = message, ErrorDetail = new ImageErrorDetail { Code = code, Message = message } });
    }

    private async Task WriteAsync(ImageMessage message)
    {
        if (!HasStarted)
        {
            HasStarted = true;
            await context.StartStreamAsync();
        }

        await context.WriteMessageAsync(message);
    }
}
