using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Rtd.Daemon.Execution;
using Rtd.Daemon.Logging.Remote;

namespace Rtd.Daemon.Logging.Fluentd;

/// <summary>The forward protocol of fluentd and fluent-bit, in its message mode: [tag, time, record] as MessagePack.</summary>
/// <param name="attributes">Added to every record.</param>
internal sealed class FluentdSender(FluentdOptions options, string tag, LogContext context, IReadOnlyDictionary<string, string> attributes)
    : StreamSender(options.Address, null, options.WriteTimeout)
{
    private const int PartFields = 4;

    private readonly List<string> _unacknowledged = [];
    private readonly byte[] _answer = new byte[4096];

    protected override void Encode(RemoteEntry entry, IBufferWriter<byte> output)
    {
        MessagePack.Array(output, options.Acknowledge ? 4 : 3);
        MessagePack.Text(output, tag);
        if (options.SubSecond)
        {
            MessagePack.EventTime(output, entry.Time);
        }
        else
        {
            MessagePack.Integer(output, entry.Time.ToUnixTimeSeconds());
        }

        EncodeRecord(entry, output);
        if (options.Acknowledge)
        {
            string chunk = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
            MessagePack.Map(output, 1);
            MessagePack.Text(output, "chunk");
            MessagePack.Text(output, chunk);
            _unacknowledged.Add(chunk);
        }
    }

    /// <summary>Each chunk is answered by a map {"ack": chunk}; ids are base64, so that they can be looked for as text.</summary>
    protected override async Task AcknowledgeAsync(CancellationToken cancelled)
    {
        string[] missing = [.. _unacknowledged];
        _unacknowledged.Clear();
        StringBuilder answers = new();
        foreach (string chunk in missing)
        {
            while (!answers.ToString().Contains(chunk, StringComparison.Ordinal))
            {
                int count = await Connection.Stream.ReadAsync(_answer, cancelled);
                if (count == 0)
                {
                    throw new IOException($"{options.Address}: closed before everything was acknowledged");
                }

                answers.Append(Encoding.Latin1.GetString(_answer, 0, count));
            }
        }
    }

    private void EncodeRecord(RemoteEntry entry, IBufferWriter<byte> output)
    {
        MessagePack.Map(output, 4 + attributes.Count + (entry.Part is null ? 0 : PartFields));
        Pair(output, "container_id", context.ContainerId);
        Pair(output, "container_name", "/" + context.ContainerName.TrimStart('/'));
        Pair(output, "source", entry.Stream == OutputStream.Stderr ? "stderr" : "stdout");
        MessagePack.Text(output, "log");
        MessagePack.Text(output, entry.Data);
        foreach ((string name, string value) in attributes)
        {
            Pair(output, name, value);
        }

        if (entry.Part is { } part)
        {
            Pair(output, "partial_message", "true");
            Pair(output, "partial_id", part.Id);
            Pair(output, "partial_ordinal", $"{part.Number}");
            Pair(output, "partial_last", part.Last ? "true" : "false");
        }
    }

    private static void Pair(IBufferWriter<byte> output, string name, string value)
    {
        MessagePack.Text(output, name);
        MessagePack.Text(output, value);
    }
}
