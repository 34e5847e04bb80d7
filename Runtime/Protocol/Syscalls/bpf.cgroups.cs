using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Rtd.Protocol.Syscalls;

/// <summary><c>linux/bpf.h</c>: the two commands that the device controller of cgroup v2 needs.</summary>
internal static partial class Libc
{
    private const int BPF_PROG_LOAD = 5, BPF_PROG_ATTACH = 8;
    private const uint BPF_PROG_TYPE_CGROUP_DEVICE = 15, BPF_CGROUP_DEVICE = 6, BPF_F_ALLOW_MULTI = 2;

    /// <summary>union bpf_attr as BPF_PROG_LOAD reads it, up to prog_name; what follows is zero by the size we pass.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct bpf_attr_load
    {
        public uint prog_type;
        public uint insn_cnt;
        public ulong insns;
        public ulong license;
        public uint log_level;
        public uint log_size;
        public ulong log_buf;
        public uint kern_version;
        public uint prog_flags;
        public fixed byte prog_name[16];
    }

    /// <summary>union bpf_attr as BPF_PROG_ATTACH reads it.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct bpf_attr_attach
    {
        public uint target_fd;
        public uint attach_bpf_fd;
        public uint attach_type;
        public uint attach_flags;
        public uint replace_bpf_fd;
    }

    [LibraryImport(LibraryName, EntryPoint = "syscall", SetLastError = true)]
    private static unsafe partial long _bpf(long number, int command, void* attributes, uint size);

    /// <summary>Loads a BPF_PROG_TYPE_CGROUP_DEVICE program (struct bpf_insn[]), Linux 4.15.</summary>
    public static unsafe SafeFileHandle bpf_prog_load_cgroup_device(ReadOnlySpan<byte> instructions)
    {
        // The program calls no helper, so the licence string decides nothing; the kernel only wants one.
        ReadOnlySpan<byte> license = "Apache-2.0\0"u8;
        fixed (byte* code = instructions, licenseStart = license)
        {
            bpf_attr_load attributes = new()
            {
                prog_type = BPF_PROG_TYPE_CGROUP_DEVICE,
                insn_cnt = (uint)(instructions.Length / 8),
                insns = (ulong)code,
                license = (ulong)licenseStart,
            };
            "rtd_device"u8.CopyTo(new Span<byte>(attributes.prog_name, 15));
            long fd = _bpf(SYS_bpf, BPF_PROG_LOAD, &attributes, (uint)sizeof(bpf_attr_load));
            return fd >= 0 ? Own((int)fd) : throw Failure("bpf", "BPF_PROG_LOAD");
        }
    }

    /// <summary>Attaches a device program to a cgroup beside those of its ancestors; it lives as long as the cgroup.</summary>
    public static unsafe void bpf_prog_attach_cgroup_device(int cgroup, int program, string subject)
    {
        bpf_attr_attach attributes = new()
        {
            target_fd = (uint)cgroup,
            attach_bpf_fd = (uint)program,
            attach_type = BPF_CGROUP_DEVICE,
            attach_flags = BPF_F_ALLOW_MULTI,
        };
        if (_bpf(SYS_bpf, BPF_PROG_ATTACH, &attributes, (uint)sizeof(bpf_attr_attach)) < 0)
        {
            throw Failure("bpf", $"BPF_PROG_ATTACH {subject}");
        }
    }
}
