using System.Collections.Concurrent;
using Rtd.Daemon.Images.Transfer;

namespace Rtd.Tests.Integration.Registry;

/// <summary>Keeps what a client would see.</summary>
internal sealed class RecordedTransfer : ITransferProgress
{
    private readonly ConcurrentQueue<string> _lines = [];

    public IReadOnlyList<string> Lines => [.. _lines];

    public void Message(string? id, string text) => _lines.Enqueue(id is null ? text : $"{id}: {text}");

    public void State(string id, string action) => _lines.Enqueue($"{id}: {action}");

    public void Bytes(string id, string action, long current, long total) => _lines.Enqueue($"{id}: {action} {current}/{total}");

    public void Result(object value) => _lines.Enqueue($"{value}");
}
