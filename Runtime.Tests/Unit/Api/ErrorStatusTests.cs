using Microsoft.AspNetCore.Http;
using Rtd.Daemon.Api;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Execution;
using Rtd.Protocol.Syscalls;
using Xunit;

namespace Rtd.Tests.Unit.Api;

public sealed class ErrorStatusTests
{
    public static TheoryData<ErrorKindCase> Kinds => new(Enum.GetValues<ErrorKind>().Select(kind => new ErrorKindCase(kind.ToString())));

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_kind_has_its_status(ErrorKindCase named)
    {
        ErrorKind kind = Enum.Parse<ErrorKind>(named.Name);
        int expected = kind switch
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
            ErrorKind.System => 500,
            _ => throw new InvalidOperationException($"no status is expected for {kind}"),
        };

        (int status, string message, _) = ErrorStatus.From(new EngineException(kind, "no such thing"));

        Assert.Equal((expected, "no such thing"), (status, message));
    }

    [Theory]
    [InlineData(127, Libc.ENOENT, 400)]
    [InlineData(126, Libc.EACCES, 400)]
    [InlineData(128, Libc.ENOTDIR, 400)]
    [InlineData(128, Libc.EINVAL, 400)]
    [InlineData(128, Libc.ENOMEM, 500)]
    [InlineData(128, 0, 500)]
    public void Failed_start_is_the_clients_mistake_or_ours(int exitCode, int errno, int status) =>
        Assert.Equal(status, ErrorStatus.From(new StartException("exec", errno, "it failed", exitCode)).Status);

    [Fact]
    public void Client_sees_one_line_of_any_error()
    {
        Assert.Equal((500, "mount /x: no space left on device", true), ErrorStatus.From(new SyscallException("mount", Libc.ENOSPC, "/x")));
        Assert.Equal((500, "internal error: one", true), ErrorStatus.From(new InvalidOperationException("one\r\n   at Two()\n")));
        Assert.Equal((408, "reading took too long", false), ErrorStatus.From(new BadHttpRequestException("Reading took too long.", 408)));
        Assert.Equal(409, ErrorStatus.From(new AggregateException(EngineException.Conflict("x"))).Status);
    }

    /// <summary>A public name for a case, since the kinds are internal.</summary>
    public sealed record ErrorKindCase(string Name);
}
