using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Spawn;
using Rtd.Protocol.Supervision;
using Rtd.Protocol.Sync;
using Rtd.Protocol.Syscalls;

namespace Rtd.Init.Supervision;

/// <summary>A process that the daemon asks for.</summary>
internal sealed class SpawnOrder
{
    private SpawnRequest _request = null!;
    private SafeFileHandle? _pidNamespace;
    private readonly List<SafeFileHandle> _fds = [];

    private ulong Token { get; init; }

    public static SpawnOrder Read(DaemonConnection connection, WireReader body)
    {
        SpawnOrder order = new() { Token = body.ULong() };
        List<string> arguments = body.List(static reader => reader.String());
        ulong flags = body.ULong();
        ulong mask = body.ULong();
        List<int> targets = body.List(static reader => reader.Int());
        bool intoCgroup = body.Bool();
        bool intoPidNamespace = body.Bool();
        bool intoUserNamespace = !body.AtEnd && body.Bool();
        SafeFileHandle Take()
        {
            SafeFileHandle fd = connection.Frames.TakeFd();
            order._fds.Add(fd);
            return fd;
        }

        SafeFileHandle program = Take();
        (SafeHandle, int)[] table = [.. targets.Select(target => ((SafeHandle)Take(), target))];
        SafeFileHandle? cgroup = intoCgroup ? Take() : null;
        order._pidNamespace = intoPidNamespace ? Take() : null;
        order._request = new SpawnRequest
        {
            ExecutableFd = program.Fd(),
            Arguments = arguments,
            Fds = table,
            CloneFlags = flags,
            SignalMask = mask,
            Cgroup = cgroup,
            UserNamespace = intoUserNamespace ? Take() : null,
        };
        return order;
    }

    public Result Run()
    {
        try
        {
            SpawnedProcess child = _pidNamespace is null ? Spawner.Spawn(_request) : PidNamespaceSpawn.RunOnThisThread(_pidNamespace, _request);
            return new Result(Token, child.Pid, child.Pidfd, 0, "", "");
        }
        catch (SyscallException failure)
        {
            return new Result(Token, 0, null, failure.Errno, failure.Call, failure.Subject ?? "");
        }
        finally
        {
            _fds.ForEach(static fd => fd.Dispose());
        }
    }

    /// <summary>It cannot even be tried.</summary>
    public Result Refuse(int errno)
    {
        _fds.ForEach(static fd => fd.Dispose());
        return new Result(Token, 0, null, errno, "clone3", _request.Arguments[0]);
    }

    internal readonly record struct Result(ulong Token, int Pid, SafeFileHandle? Pidfd, int Errno, string Call, string Subject);
}
