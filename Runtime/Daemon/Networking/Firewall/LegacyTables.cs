using System.Text;
using Microsoft.Win32.SafeHandles;
using NLog;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Networking.Firewall;

/// <summary>
/// The rules of iptables-legacy (xtables), which nft does not list and of which the kernel tells nobody. They are read as the kernel keeps them: the
/// program that lists them may not be there, and would make the tables it asks for.
/// </summary>
internal static class LegacyTables
{
    /// <summary><c>NF_INET_FORWARD</c></summary>
    private const int Forward = 2;

    /// <summary>The verdict of a standard target that drops: <c>-NF_DROP - 1</c>.</summary>
    private const int DropVerdict = -1;

    /// <summary><c>struct xt_entry_target</c>: size, name, revision; then a standard target's verdict.</summary>
    private const int NameOffset = 2, NameSize = 29, VerdictOffset = 32;

    // A table that changes between the two questions is asked for anew.
    private const int Attempts = 5;

    private static readonly Logger s_log = LogManager.GetLogger("network");

    /// <summary>Chains on the forward hook that drop what they do not know, in the calling thread's network namespace.</summary>
    /// <returns>Such as <c>table ip filter chain FORWARD (iptables-legacy)</c>.</returns>
    public static IReadOnlyList<string> ForwardDrops()
    {
        List<string> found = [];
        foreach (LegacyFamily family in LegacyFamily.All)
        {
            // It is not there where the kernel has no xtables, and empty where nobody uses them.
            string[] tables = File.Exists(family.Tables) ? File.ReadAllLines(family.Tables) : [];
            if (tables.Length == 0)
            {
                continue;
            }

            using SafeFileHandle socket = Libc.xtables_socket(family.Domain);
            found.AddRange(tables.Where(table => Drops(socket.Fd(), family, table)).Select(table => $"table {family.Name} {table} chain FORWARD (iptables-legacy)"));
        }

        return found;
    }

    /// <summary>Whether the chain's policy, or its last rule, drops or rejects whatever comes to it.</summary>
    /// <param name="first">Where the chain's first entry is.</param>
    /// <param name="policy">Where its last entry is: that of the policy.</param>
    public static bool Drops(LegacyFamily family, ReadOnlySpan<byte> entries, int first, int policy)
    {
        if (IsDrop(family, entries[policy..]))
        {
            return true;
        }

        int last = -1;
        for (int at = first, next; at < policy; at = next)
        {
            next = at + BitConverter.ToUInt16(entries[(at + family.TargetOffset + 2)..]);
            if (next <= at)
            {
                return false;
            }

            last = at;
        }

        return last >= 0 && IsDrop(family, entries[last..]);
    }

    private static unsafe bool Drops(int socket, LegacyFamily family, string table)
    {
        int error = 0;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            error = Libc.try_xtables_info(socket, family.Level, table, out Libc.ipt_getinfo info);
            if (error == 0 && (info.valid_hooks & 1 << Forward) == 0)
            {
                return false;
            }

            byte[] entries = new byte[info.size];
            error = error == 0 ? Libc.try_xtables_entries(socket, family.Level, table, entries) : error;
            if (error == 0)
            {
                return Drops(family, entries, (int)info.hook_entry[Forward], (int)info.underflow[Forward]);
            }

            if (error != -Libc.EAGAIN)
            {
                break;
            }
        }

        s_log.Warn("firewall: table {0} {1} of iptables-legacy cannot be read: {2}", family.Name, table, new SyscallException("getsockopt", -error).Message);
        return false;
    }

    private static bool IsDrop(LegacyFamily family, ReadOnlySpan<byte> entry)
    {
        int target = BitConverter.ToUInt16(entry[family.TargetOffset..]);
        if (target != family.EntrySize || entry[..family.MatchSize].ContainsAnyExcept((byte)0))
        {
            return false;
        }

        ReadOnlySpan<byte> name = entry.Slice(target + NameOffset, NameSize);
        return Encoding.ASCII.GetString(name[..Math.Max(name.IndexOf((byte)0), 0)]) switch
        {
            "" => BitConverter.ToInt32(entry[(target + VerdictOffset)..]) == DropVerdict,
            "REJECT" => true,
            _ => false,
        };
    }
}
