using Microsoft.AspNetCore.Http;
using Rtd.Daemon.Api.Hijack;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Execution;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Api;

/// <summary>The one place where an error becomes an HTTP status and a line for the client.</summary>
internal static class ErrorStatus
{
    /// <summary>The status, the one line, and whether the daemon's log should have it too.</summary>
    public static (int Status, string Message, bool Unexpected) From(Exception error) => error switch
    {
        EngineException engine => (FromKind(engine.Kind), FirstLine(engine.Message), engine.Kind == ErrorKind.System),
        StartException start => (start.IsOfTheRequest ? 400 : 500, FirstLine(start.Message), false),
        FramingException malformed => (malformed.Status, malformed.Message, false),
        BadHttpRequestException bad => (bad.StatusCode, Lower(FirstLine(bad.Message)), false),
        SyscallException or IOException or UnauthorizedAccessException => (500, FirstLine(error.Message), true),
        OperationCanceledException => (500, "the request was cancelled", false),
        AggregateException { InnerException: { } inner } => From(inner),
        _ => (500, $"internal error: {FirstLine(error.Message)}", true),
    };

    private static int FromKind(ErrorKind kind) => kind switch
    {
        ErrorKind.InvalidParameter => 400,
        ErrorKind.Unauthorized => 401,
        ErrorKind.Forbidden => 403,
        ErrorKind.NotFound => 404,
        ErrorKind.Conflict => 409,
        ErrorKind.NotModified => 304,
        ErrorKind.NotImplemented => 501,
        ErrorKind.Unavailable => 503,
        ErrorKind.DeadlineExceeded => 504,
        _ => 500,
    };

    private static string FirstLine(string message)
    {
        int end = message.AsSpan().IndexOfAny('\r', '\n');
        return end < 0 ? message : message[..end].TrimEnd();
    }

    /// <summary>Kestrel's own sentences in the form of ours: lower-case, no full stop.</summary>
    private static string Lower(string sentence) => sentence.Length == 0
        ? sentence
        : char.ToLowerInvariant(sentence[0]) + sentence[1..].TrimEnd('.');
}
