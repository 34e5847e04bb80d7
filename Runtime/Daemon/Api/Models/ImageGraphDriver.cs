namespace Rtd.Daemon.Api.Models;

/// <summary>How a graph driver keeps an image or container.</summary>
internal sealed class ImageGraphDriver
{
    public IReadOnlyDictionary<string, string>? Data { get; set; }

    public string Name { get; set; } = "";
}
