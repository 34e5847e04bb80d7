using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Security.Seccomp;

/// <summary>
/// A few instructions of our own in front of what libseccomp compiles, for what it cannot express. Whatever they do not decide goes on into its program.
/// </summary>
/// <remarks>
/// 1. AF_ALG and AF_VSOCK (CVE-2026-31431; a host's VM sockets are in no namespace). The kernel takes the family as int, libseccomp compares
///    64 bits, so a high bit would get through its ranges; and for 32-bit x86 it turns a rule for socket into "socketcall(SYS_SOCKET) for any
///    family", since the family is in memory there. Here the low word decides, and socketcall(SYS_SOCKET) gives ENOSYS: musl and a C library built
///    for Linux 4.3 or later use socket itself then; older 32-bit x86 programs need a profile of their own.
/// 2. Calls that libseccomp is too old to know by name, allowed by number.
/// 3. In a container that is held to a size, the ioctls by which a file's owner, without any capability, has it counted to nobody or elsewhere: project id
///    (FS_IOC_FSSETXATTR), the flag that hands it on (FS_IOC_SETFLAGS, whose argument is in memory, so chattr goes with it), subvolumes of btrfs, which have
///    counts of their own. The kernel takes the request as int: here too only the low word decides.
/// 4. Calls newer than this profile give ENOSYS, not EPERM: C libraries try new calls first and fall back on ENOSYS only.
/// </remarks>
internal sealed class SeccompPrologue
{
    /// <summary>Offsets in struct seccomp_data; of the first argument the low word.</summary>
    private const uint Number = 0, Arch = 4, Argument0 = 16, Argument1 = 24;

    private const uint AfAlg = 38, AfVsock = 40, SysSocket = 1;

    /// <summary>FS_IOC_FSSETXATTR, FS_IOC_SETFLAGS and its 32-bit form, BTRFS_IOC_SNAP_CREATE, _SUBVOL_CREATE, _SNAP_CREATE_V2, _SUBVOL_CREATE_V2.</summary>
    private static readonly uint[] s_quotaRequests = [0x401C5820, 0x40086602, 0x40046602, 0x50009401, 0x5000940E, 0x50009417, 0x50009418];

    private readonly SockFilterAssembler _code = new();
    private readonly SeccompPolicy _policy;
    private readonly IReadOnlyList<(uint Number, uint Action)> _byNumber;
    private readonly IReadOnlyList<(SeccompArchitecture Architecture, uint Number)> _extra;
    private readonly bool _enosysForNewer;
    private readonly Dictionary<uint, int> _returns = [];
    private readonly int _end;
    private readonly int _common;
    private readonly int _socket;
    private readonly int _socketcall;
    private readonly int _ioctl;

    /// <param name="policy">Points 1 and 3.</param>
    /// <param name="byNumber">Point 2: common numbers and what to return.</param>
    /// <param name="extra">Point 2 for single architectures: allowed.</param>
    /// <param name="enosysForNewer">Point 4.</param>
    public SeccompPrologue(
        SeccompPolicy policy,
        IReadOnlyList<(uint Number, uint Action)> byNumber,
        IReadOnlyList<(SeccompArchitecture Architecture, uint Number)> extra,
        bool enosysForNewer)
    {
        _policy = policy;
        _byNumber = byNumber;
        _extra = extra;
        _enosysForNewer = enosysForNewer;
        _end = _code.Label();
        _common = _code.Label();
        _socket = _code.Label();
        _socketcall = _code.Label();
        _ioctl = _code.Label();
    }

    public byte[] Assemble()
    {
        if (!_policy.DenySocketFamilies && !_policy.KeepQuotas && _byNumber.Count == 0 && _extra.Count == 0 && !_enosysForNewer)
        {
            return [];
        }

        SeccompArchitecture[] architectures = SeccompArchitecture.Machine.Where(architecture => !architecture.IsX32).ToArray();
        int[] starts = architectures.Select(_ => _code.Label()).ToArray();
        _code.LoadWord(Arch);
        for (int i = 0; i < architectures.Length; i++)
        {
            _code.JumpIfEqual(architectures[i].Audit, starts[i]);
        }

        _code.Jump(_end);
        for (int i = 0; i < architectures.Length; i++)
        {
            _code.Mark(starts[i]);
            AddArchitecture(architectures[i]);
        }

        AddCommon();
        AddSocket();
        AddIoctl();
        foreach ((uint action, int label) in _returns)
        {
            _code.Mark(label);
            _code.Return(action);
        }

        _code.Mark(_end);
        return _code.Assemble();
    }

    private void AddArchitecture(SeccompArchitecture architecture)
    {
        _code.LoadWord(Number);
        SeccompArchitecture? x32 = SeccompArchitecture.Machine.FirstOrDefault(other => other.IsX32 && other.Audit == architecture.Audit);
        int x32Start = _code.Label();
        if (x32 is not null)
        {
            _code.JumpIfAny(SeccompArchitecture.X32Bit, x32Start);
        }

        foreach ((SeccompArchitecture owner, uint number) in _extra)
        {
            if (owner == architecture)
            {
                _code.JumpIfEqual(number, Return(SeccompAction.Allow));
            }
        }

        AddCallJumps(architecture);
        _code.Jump(_common);
        _code.Mark(x32Start);
        if (x32 is not null)
        {
            int own = _code.Label();
            _code.And(~SeccompArchitecture.X32Bit);
            AddCallJumps(x32);
            _code.JumpIfAtLeast(SeccompArchitecture.X32First, own);
            _code.Jump(_common);
            _code.Mark(own);
            if (_enosysForNewer)
            {
                _code.JumpIfGreater(SeccompArchitecture.X32Last, Return(SeccompAction.Errno(Libc.ENOSYS)));
            }

            _code.Jump(_end);
        }
    }

    private void AddCallJumps(SeccompArchitecture architecture)
    {
        if (_policy.KeepQuotas)
        {
            _code.JumpIfEqual(architecture.Ioctl, _ioctl);
        }

        if (_policy.DenySocketFamilies)
        {
            _code.JumpIfEqual(architecture.Socket, _socket);
            if (architecture.Socketcall is uint socketcall)
            {
                _code.JumpIfEqual(socketcall, _socketcall);
            }
        }
    }

    /// <summary>The number is loaded, without the x32 bit.</summary>
    private void AddCommon()
    {
        _code.Mark(_common);
        foreach ((uint number, uint action) in _byNumber)
        {
            _code.JumpIfEqual(number, Return(action));
        }

        if (_enosysForNewer)
        {
            _code.JumpIfGreater(NewSyscalls.Newest, Return(SeccompAction.Errno(Libc.ENOSYS)));
        }

        _code.Jump(_end);
    }

    private void AddSocket()
    {
        _code.Mark(_socket);
        _code.LoadWord(Argument0);
        _code.JumpIfEqual(AfAlg, Return(SeccompAction.Errno(Libc.EPERM)));
        _code.JumpIfEqual(AfVsock, Return(SeccompAction.Errno(Libc.EPERM)));
        _code.Jump(_end);
        _code.Mark(_socketcall);
        _code.LoadWord(Argument0);
        _code.JumpIfEqual(SysSocket, Return(SeccompAction.Errno(Libc.ENOSYS)));
        _code.Jump(_end);
    }

    private void AddIoctl()
    {
        _code.Mark(_ioctl);
        _code.LoadWord(Argument1);
        foreach (uint request in s_quotaRequests)
        {
            _code.JumpIfEqual(request, Return(SeccompAction.Errno(Libc.EPERM)));
        }

        _code.Jump(_end);
    }

    private int Return(uint action)
    {
        if (!_returns.TryGetValue(action, out int label))
        {
            label = _code.Label();
            _returns.Add(action, label);
        }

        return label;
    }
}
