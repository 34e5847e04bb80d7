namespace Rtd.Daemon.Errors;

/// <summary>An error that a client is to see: its kind and one clear line.</summary>
internal sealed class EngineException(ErrorKind kind, string message, Exception? inner = null) : Exception(message, inner)
{
    public ErrorKind Kind { get; } = kind;

    public static EngineException InvalidParameter(string message, Exception? inner = null) => new(ErrorKind.InvalidParameter, message, inner);

    public static EngineException NotFound(string message) => new(ErrorKind.NotFound, message);

    public static EngineException Conflict(string message) => new(ErrorKind.Conflict, message);

    public static EngineException System(string message, Exception? inner = null) => new(ErrorKind.System, message, inner);
}
