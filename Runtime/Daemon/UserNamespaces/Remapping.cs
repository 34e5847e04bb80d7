using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.UserNamespaces;

/// <summary>A container's user namespace, held, and its ids.</summary>
internal sealed record Remapping(IdMaps Maps, SafeFileHandle Namespace) : IDisposable
{
    /// <summary>A new one.</summary>
    public static Remapping Make(IdMaps maps) => new(maps, maps.MakeNamespace());

    /// <summary>That of a process that has not been reaped; null when it is the daemon's own.</summary>
    /// <exception cref="SyscallException">The process is gone.</exception>
    public static Remapping? Of(int pid) => ProcessNamespace.Open(pid) is { } found ? new Remapping(ProcessNamespace.MapsOf(pid)!, found) : null;

    public void Dispose() => Namespace.Dispose();
}
