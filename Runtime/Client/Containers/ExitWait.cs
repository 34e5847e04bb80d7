using System.Text.Json;
using Rtd.Client.Engine;
using Rtd.Client.Json;

namespace Rtd.Client.Containers;

/// <summary>A wait for a container's end, under way at the daemon from the moment this object exists.</summary>
internal sealed class ExitWait : IDisposable
{
    private readonly EngineResponse _response;

    /// <param name="engine">The daemon, which answers with its header at once and with the exit code at the end (API 1.30).</param>
    /// <param name="container">The container's id.</param>
    /// <param name="condition">"not-running", "next-exit" or "removed".</param>
    public ExitWait(EngineClient engine, string container, string condition)
    {
        _response = engine.Send("POST", $"/containers/{container}/wait?condition={condition}");
    }

    /// <summary>Waits for the end and gives the exit code.</summary>
    /// <exception cref="ClientException">The daemon could not wait.</exception>
    public int Result()
    {
        using JsonDocument document = _response.ReadJson();
        string error = document.RootElement.Member("Error").Text("Message");
        return error.Length == 0 ? (int)document.RootElement.Number("StatusCode") : throw new RunStartedException("Error waiting for container: " + error, 125);
    }

    /// <summary>Waits for the end whatever it is: something else is to be told.</summary>
    public void Settle() => _response.Body.ReadAll();

    public void Dispose() => _response.Dispose();
}
