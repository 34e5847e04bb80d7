using System.Text.Json;

namespace Rtd.Client.Builds;

/// <summary>How a build is shown.</summary>
internal abstract class BuildView : IDisposable
{
    /// <param name="sent">How much of the context has been sent, bytes; null when none is.</param>
    public abstract void Begin(Func<long>? sent);

    /// <summary>What the builder or a command says.</summary>
    /// <param name="message">The whole message.</param>
    public abstract void Stream(string text, JsonElement message);

    /// <summary>How far a pull is.</summary>
    public abstract void Status(JsonElement message);

    public abstract void Succeed(string id);

    public abstract void Fail();

    /// <summary>Leaves the terminal in order, whatever happened.</summary>
    public abstract void Dispose();
}
