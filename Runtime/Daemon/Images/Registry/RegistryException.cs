namespace Rtd.Daemon.Images.Registry;

/// <summary>A registry's refusal, as it says it: <c>code: message</c>, in the form Docker shows it.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="code">The distribution spec's error code, such as MANIFEST_UNKNOWN; empty when the answer has none.</param>
/// <param name="message">The whole line.</param>
/// <param name="retryAfter">How long the registry asks to be left alone, or null.</param>
internal sealed class RegistryException(int status, string code, string message, TimeSpan? retryAfter = null) : Exception(message)
{
    public int Status { get; } = status;

    public string Code { get; } = code;

    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>The request may succeed if it is made again: the registry is overloaded or has an accident.</summary>
    public bool IsTransient => Status is 408 or 429 or >= 500;
}
