using System.Buffers;
using System.IO.Pipelines;
using System.Net.Http.Headers;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Api;

/// <summary>What ordinary and hijacked requests ask of a JSON body before it is parsed.</summary>
internal static class JsonBody
{
    /// <summary>The most bytes there may be; the largest real ones (swarm configs) are under 2 MiB. So an authorization plugin is shown all that is run.</summary>
    public const int MaxSize = 4 << 20;

    /// <summary>Throws unless the header says JSON; dockerd refuses a form or an unnamed type rather than guess.</summary>
    public static void CheckContentType(string? header)
    {
        if (!MediaTypeHeaderValue.TryParse(header, out MediaTypeHeaderValue? type))
        {
            throw EngineException.InvalidParameter($"malformed Content-Type header ({header}): must be 'application/json'");
        }

        if (!"application/json".Equals(type.MediaType, StringComparison.OrdinalIgnoreCase))
        {
            throw EngineException.InvalidParameter($"unsupported Content-Type header ({header}): must be 'application/json'");
        }
    }

    /// <summary>Throws invalid parameter when there is, or is going to be, too much of it.</summary>
    public static void CheckSize(long? size)
    {
        if (size > MaxSize)
        {
            throw EngineException.InvalidParameter($"request body is too large: JSON is limited to {MaxSize >> 20} MiB");
        }
    }

    /// <summary>Reads a body to its end. Throws invalid parameter when it is too large.</summary>
    /// <param name="announced">Its size, where the request says so.</param>
    public static async Task<byte[]> ReadWholeAsync(PipeReader body, long? announced, CancellationToken aborted)
    {
        CheckSize(announced);
        while (true)
        {
            ReadResult read = await body.ReadAsync(aborted);
            long size = read.Buffer.Length;
            if (size <= MaxSize && !read.IsCompleted)
            {
                body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                continue;
            }

            byte[] document = size <= MaxSize ? read.Buffer.ToArray() : [];
            body.AdvanceTo(read.Buffer.End);
            CheckSize(size);
            return document;
        }
    }
}
