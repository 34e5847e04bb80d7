using System.Text.Json;
using Rtd.Client.Json;

namespace Rtd.Client.Builds;

/// <summary>Reads the classic builder's messages.</summary>
internal sealed class BuildMessages(BuildView view)
{
    private string _id = "";

    /// <summary>Shows all messages.</summary>
    /// <returns>The image's id; empty when the daemon named none.</returns>
    /// <exception cref="ClientException">The build failed; the exit code is the failed command's.</exception>
    public string Read(Stream messages)
    {
        foreach (JsonDocument document in JsonStream.Read(messages))
        {
            using (document)
            {
                Take(document.RootElement);
            }
        }

        view.Succeed(_id);
        return _id;
    }

    private void Take(JsonElement message)
    {
        if (message.Text("error") is { Length: > 0 } error)
        {
            JsonElement detail = message.Member("errorDetail");
            view.Fail();
            long code = detail.Number("code");
            throw new ClientException(detail.Text("message") is { Length: > 0 } told ? told : error, code is > 0 and < 256 ? (int)code : 1);
        }

        if (message.Member("aux").Text("ID") is { Length: > 0 } id)
        {
            _id = id;
        }
        else if (message.Text("stream") is { Length: > 0 } text)
        {
            // A quiet build says nothing but the id.
            _id = text.StartsWith("sha256:", StringComparison.Ordinal) && _id.Length == 0 ? text.Trim() : _id;
            view.Stream(text, message);
        }
        else if (message.Text("status").Length > 0)
        {
            view.Status(message);
        }
    }
}
