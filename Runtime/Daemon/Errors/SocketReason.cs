using System.Net.Sockets;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Errors;

/// <summary>Why a connection does not come about, in the kernel's words.</summary>
internal static class SocketReason
{
    /// <param name="isPath">
    /// It leads to a socket file. For one that is not there the framework says that the address is not available, and keeps no other number.
    /// </param>
    public static string Of(SocketException failed, bool isPath = false) => failed.SocketErrorCode switch
    {
        SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData => "no such host",
        SocketError.AddressNotAvailable when isPath => Libc.strerror(Libc.ENOENT),
        _ => Libc.strerror(failed.NativeErrorCode),
    };
}
