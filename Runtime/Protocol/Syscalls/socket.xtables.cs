using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Rtd.Protocol.Syscalls;

internal static partial class Libc
{
    /// <summary><c>linux/netfilter_ipv4/ip_tables.h</c>; those of <c>ip6_tables.h</c> have the same numbers, at <see cref="IPPROTO_IPV6"/>.</summary>
    public const int IPT_SO_GET_INFO = 64, IPT_SO_GET_ENTRIES = 65;

    private const int IPPROTO_RAW = 255, XT_TABLE_MAXNAMELEN = 32;

    /// <summary><c>struct ipt_getinfo</c>: offsets into the entries, by hook.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public unsafe struct ipt_getinfo
    {
        public fixed byte name[XT_TABLE_MAXNAMELEN];
        public uint valid_hooks;
        public fixed uint hook_entry[5];
        public fixed uint underflow[5];
        public uint num_entries;
        public uint size;
    }

    /// <summary>A socket by which the xtables of the calling thread's network namespace are asked.</summary>
    public static SafeFileHandle xtables_socket(int domain)
    {
        int fd = _socket(domain, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
        return fd >= 0 ? Own(fd) : throw Failure("socket", "raw");
    }

    /// <summary>What a table holds. Makes the table where there is none, so ask only for those that <c>/proc/net/ip_tables_names</c> names.</summary>
    /// <returns>0 or the negative errno.</returns>
    public static unsafe int try_xtables_info(int socket, int level, string table, out ipt_getinfo info)
    {
        ipt_getinfo asked = default;
        Encoding.ASCII.GetBytes(table, new Span<byte>(asked.name, XT_TABLE_MAXNAMELEN - 1));
        uint length = (uint)sizeof(ipt_getinfo);
        int error = _getsockopt(socket, level, IPT_SO_GET_INFO, &asked, &length) == 0 ? 0 : -Marshal.GetLastPInvokeError();
        info = asked;
        return error;
    }

    /// <summary>The entries of a table, in as many bytes as its info says.</summary>
    /// <returns>0 or the negative errno; -EAGAIN when the table has another size by now.</returns>
    public static unsafe int try_xtables_entries(int socket, int level, string table, byte[] entries)
    {
        // struct ipt_get_entries: the name, the size, and, aligned to its counters of 64 bits, the entries.
        const int Header = XT_TABLE_MAXNAMELEN + 8;
        byte[] answer = new byte[Header + entries.Length];
        Encoding.ASCII.GetBytes(table, answer.AsSpan(0, XT_TABLE_MAXNAMELEN - 1));
        BitConverter.TryWriteBytes(answer.AsSpan(XT_TABLE_MAXNAMELEN), entries.Length);
        uint length = (uint)answer.Length;
        fixed (byte* data = answer)
        {
            if (_getsockopt(socket, level, IPT_SO_GET_ENTRIES, data, &length) != 0)
            {
                return -Marshal.GetLastPInvokeError();
            }
        }

        answer.AsSpan(Header).CopyTo(entries);
        return 0;
    }
}
