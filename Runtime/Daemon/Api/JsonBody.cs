using System.Buffers;
using System.IO.Pipelines;
using System.Net.Http.Headers;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Api;

/// <summary>What ordinary and hijacked requests ask of a JSON body before it is parsed.</summary>
internal static class JsonBody
{
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

    public static EngineException TooLarge(int limit) =>
        EngineException.InvalidParameter($"request body is too large: JSON is limited to {limit >> 20} MiB");

    /// <summary>Reads a body to its end. Throws invalid parameter when it is larger than the limit.</summary>
    public static async Task<byte[]> ReadWholeAsync(PipeReader body, int limit, CancellationToken aborted)
    {
        while (true)
        {
            ReadResult read = await body.ReadAsync(aborted);
            if (read.Buffer.Length > limit)
            {
                body.AdvanceTo(read.Buffer.End);
                throw TooLarge(limit);
            }

            if (read.IsCompleted)
            {
                byte[] document = read.Buffer.ToArray();
                body.AdvanceTo(read.Buffer.End);
                return document;
            }

            body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
