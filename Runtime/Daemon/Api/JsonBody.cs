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
}
