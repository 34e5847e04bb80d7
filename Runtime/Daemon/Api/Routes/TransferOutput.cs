using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Images.Transfer;

namespace Rtd.Daemon.Api.Routes;

/// <summary>Progress of a pull or push as Docker's stream of JSON documents. The answer begins with the first one, so that errors before it get a status of their own.</summary>
/// <remarks>Downloads never wait for a client: what it is too slow to take is told in less detail.</remarks>
internal sealed class TransferOutput(ApiContext context) : ITransferProgress
{
    private readonly Lock _lock = new();
    private readonly Queue<ImageMessage> _queue = [];
    private readonly Dictionary<string, ImageMessage> _unsentBytes = [];
    private readonly SemaphoreSlim _more = new(0);
    private Task? _writer;
    private bool _ended;

    public bool HasStarted => _writer is not null;

    public void Message(string? id, string text) => Enqueue(new ImageMessage { Status = text, Id = id });

    public void State(string id, string action)
    {
        lock (_lock)
        {
            _unsentBytes.Remove(id);
            Enqueue(new ImageMessage { Status = action, ProgressDetail = new ImageProgress(), Id = id });
        }
    }

    public void Bytes(string id, string action, long current, long total)
    {
        lock (_lock)
        {
            if (_unsentBytes.TryGetValue(id, out ImageMessage? unsent) && unsent.Status == action)
            {
                ImageProgressOutput.Fill(unsent, current, total);
                return;
            }

            ImageMessage message = new() { Status = action, Id = id };
            ImageProgressOutput.Fill(message, current, total);
            _unsentBytes[id] = message;
            Enqueue(message);
        }
    }

    public void Result(object value) => Enqueue(new ImageMessage { ProgressDetail = new ImageProgress(), Aux = value });

    /// <summary>Waits until all has been sent.</summary>
    public Task FinishAsync()
    {
        lock (_lock)
        {
            _ended = true;
            _more.Release();
            return _writer ?? Task.CompletedTask;
        }
    }

    /// <summary>Ends a stream that has begun: clients take the error from the last document.</summary>
    public Task FailAsync(Exception error)
    {
        string message = ErrorStatus.From(error).Message;
        Enqueue(new ImageMessage { Error = message, ErrorDetail = new ImageErrorDetail { Message = message } });
        return FinishAsync();
    }

    private void Enqueue(ImageMessage message)
    {
        lock (_lock)
        {
            if (_ended)
            {
                return;
            }

            _queue.Enqueue(message);
            _writer ??= Task.Run(WriteAsync);
            _more.Release();
        }
    }

    private async Task WriteAsync()
    {
        await context.StartStreamAsync();
        while (true)
        {
            await _more.WaitAsync(context.Aborted);
            byte[]? document;
            lock (_lock)
            {
                if (!_queue.TryDequeue(out ImageMessage? message))
                {
                    if (_ended)
                    {
                        return;
                    }

                    continue;
                }

                if (message.Id is { } id && _unsentBytes.TryGetValue(id, out ImageMessage? unsent) && unsent == message)
                {
                    _unsentBytes.Remove(id);
                }

                document = Json.Encode(message);
            }

            await context.WriteDocumentAsync(document);
        }
    }
}
