namespace Rtd.Daemon.Logging;

/// <summary>What a log driver may say about the container in its entries (options tag, labels, env …).</summary>
internal sealed record LogContext
{
    public static LogContext Empty { get; } = new();

    /// <summary>64 hexadecimal digits.</summary>
    public string ContainerId { get; init; } = "";

    /// <summary>With or without the slash in front.</summary>
    public string ContainerName { get; init; } = "";

    /// <summary>With its algorithm, <c>sha256:…</c>.</summary>
    public string ImageId { get; init; } = "";

    /// <summary>As the user wrote it.</summary>
    public string ImageName { get; init; } = "";

    public string Command { get; init; } = "";

    public DateTimeOffset Created { get; init; }

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>NAME=value.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];
}
