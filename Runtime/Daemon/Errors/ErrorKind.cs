namespace Rtd.Daemon.Errors;

/// <summary>What an error is, as far as a client cares; mapped to an HTTP status in one place (<c>Api/ErrorStatus.cs</c>).</summary>
internal enum ErrorKind
{
    InvalidParameter,
    Unauthorized,
    Forbidden,
    NotFound,
    Conflict,
    NotModified,
    System,
    NotImplemented,
    Unavailable,
    DeadlineExceeded,
}
