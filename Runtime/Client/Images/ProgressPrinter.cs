using System.Text.Json;
using Rtd.Client.Json;
using Rtd.Client.Terminal;

namespace Rtd.Client.Images;

/// <summary>The daemon's progress messages: on a terminal a line for each layer, rewritten in place with a bar; elsewhere plain lines.</summary>
internal sealed class ProgressPrinter(TextSink sink)
{
    private readonly ProgressScreen _screen = new(sink);

    /// <summary>Prints a stream of messages up to its end.</summary>
    /// <exception cref="ClientException">A message is an error.</exception>
    public void Print(Stream messages)
    {
        using Interruption? interruption = sink.IsTerminal ? new Interruption(() => Libc.write_all(sink.Descriptor, "\n"u8)) : null;
        try
        {
            foreach (JsonDocument document in JsonStream.Read(messages))
            {
                using (document)
                {
                    Print(document.RootElement);
                }
            }
        }
        finally
        {
            Finish();
        }
    }

    /// <summary>Leaves the lines of layers as they are.</summary>
    public void Finish()
    {
        _screen.Finish();
        sink.Flush();
    }

    /// <exception cref="ClientException">It is an error.</exception>
    public void Print(JsonElement message)
    {
        if (message.Text("error") is { Length: > 0 } error)
        {
            throw new ProgressErrorException(message.Member("errorDetail").Text("message") is { Length: > 0 } detail ? detail : error);
        }

        string id = message.Text("id");
        if (!sink.IsTerminal)
        {
            PrintLine(message, id);
        }
        else if (message.Text("stream").Length > 0)
        {
            _screen.Finish();
            sink.Write(message.Text("stream"));
        }
        else if (id.Length > 0)
        {
            _screen.Update(id, message);
        }
        else
        {
            PrintBelow(message);
        }

        sink.Flush();
    }

    /// <summary>A message about no layer in particular: below the layers, which are done with.</summary>
    private void PrintBelow(JsonElement message)
    {
        string status = message.Text("status");
        _screen.Finish();
        if (ProgressBar.IsIn(message))
        {
            sink.Write($"\r\u001b[K{status} {ProgressBar.Of(message, sink.Columns - status.Length - 2)}\r");
        }
        else if (status.Length > 0)
        {
            sink.Write($"\r\u001b[K{status}\n");
        }
    }

    private void PrintLine(JsonElement message, string id)
    {
        if (message.Text("stream") is { Length: > 0 } stream)
        {
            sink.Write(stream);
        }
        else if (message.Text("status") is { Length: > 0 } status && !ProgressBar.IsIn(message))
        {
            sink.Write((id.Length > 0 ? id + ": " : "") + status + "\n");
        }
    }
}
