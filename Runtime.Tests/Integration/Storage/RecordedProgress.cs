using Rtd.Daemon.Images;

namespace Rtd.Tests.Integration.Storage;

/// <summary>Keeps what a client would see.</summary>
internal sealed class RecordedProgress : IProgressOutput
{
    public List<string> Lines { get; } = [];

    public List<(string Id, long Current, long Total)> Steps { get; } = [];

    public void Step(string id, string action, long current, long total) => Steps.Add((id, current, total));

    public void Line(string text) => Lines.Add(text);
}
