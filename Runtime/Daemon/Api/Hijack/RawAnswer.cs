using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace Rtd.Daemon.Api.Hijack;

/// <summary>An ordinary JSON answer on a connection that Kestrel no longer serves; the connection closes after it.</summary>
internal static class RawAnswer
{
    /// <param name="json">Null for an answer without a body.</param>
    public static async Task WriteAsync(PipeWriter output, int status, object? json)
    {
        byte[] body = json is null ? [] : Json.Encode(json);
        StringBuilder head = new StringBuilder()
            .Append("HTTP/1.1 ").Append(status).Append(' ').Append(ReasonPhrases.GetReasonPhrase(status)).Append("\r\n")
            .AppendApiHeaders()
            .Append("Connection: close\r\n");
        if (json is not null)
        {
            head.Append("Content-Type: application/json\r\n");
        }

        if (status is not (204 or 304))
        {
            head.Append("Content-Length: ").Append(body.Length).Append("\r\n");
        }

        await output.WriteAsync(Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()));
        await output.WriteAsync(body);
    }
}
