using Microsoft.Win32.SafeHandles;
using NLog;
using Rtd.Daemon.Execution;
using Rtd.Protocol.Netlink;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Networking.Firewall;

/// <summary>Hears from the kernel when anybody deletes tables, chains or rules (<c>nft flush ruleset</c>), and then has ours put back.</summary>
internal sealed class RulesetWatch : IDisposable
{
    // linux/netfilter/nfnetlink.h and nf_tables.h
    private const int NFNLGRP_NFTABLES = 7, NFNL_SUBSYS_NFTABLES = 10;
    private const int NFT_MSG_DELTABLE = 2, NFT_MSG_DELCHAIN = 5, NFT_MSG_DELRULE = 8;
    private const int ReceiveSize = 32 * 1024;

    private static readonly Logger s_log = LogManager.GetLogger("network");

    private readonly PacketFilter _filter;
    private readonly IoSource _source;
    private volatile bool _disposed;

    /// <summary>Watches the network namespace of the calling thread.</summary>
    public RulesetWatch(PacketFilter filter)
    {
        _filter = filter;
        SafeFileHandle socket = Libc.netlink_socket(Libc.NETLINK_NETFILTER, nonblocking: true);
        int error = Libc.try_bind_netlink(socket.Fd(), groups: 1u << (NFNLGRP_NFTABLES - 1));
        if (error < 0)
        {
            socket.Dispose();
            throw new SyscallException("bind", -error, "netlink group of nftables");
        }

        _source = IoLoop.Shared.Register(socket);
        _ = WatchAsync();
    }

    public void Dispose()
    {
        _disposed = true;
        _source.Dispose();
    }

    /// <summary>Nobody awaits this, so it must not throw.</summary>
    private async Task WatchAsync()
    {
        byte[] buffer = new byte[ReceiveSize];
        try
        {
            while (!_disposed)
            {
                await _source.ReadableAsync();
                if (!_disposed && HeardOfDeletion(buffer))
                {
                    Reassert();
                }
            }
        }
        catch (ObjectDisposedException)
        {
            // The daemon ends.
        }
    }

    private void Reassert()
    {
        try
        {
            _filter.Reassert();
        }
        catch (Exception failure)
        {
            s_log.Error(failure, "the firewall's rules were changed by another program and cannot be put back");
        }
    }

    /// <summary>Takes in all that has come. Too much at once (ENOBUFS) may have held a deletion.</summary>
    private bool HeardOfDeletion(byte[] buffer)
    {
        bool heard = false;
        while (true)
        {
            int count = Libc.try_read(_source.Handle.Fd(), buffer);
            if (count == -Libc.ENOBUFS)
            {
                heard = true;
            }
            else if (count <= 0)
            {
                return heard;
            }
            else
            {
                heard |= HoldsDeletion(buffer.AsSpan(0, count));
            }
        }
    }

    private static bool HoldsDeletion(ReadOnlySpan<byte> messages)
    {
        while (messages.Length >= NetlinkBatch.HeaderSize)
        {
            int length = BitConverter.ToInt32(messages);
            int type = BitConverter.ToUInt16(messages[4..]);
            if (type >> 8 == NFNL_SUBSYS_NFTABLES && (type & 0xff) is (NFT_MSG_DELTABLE or NFT_MSG_DELCHAIN or NFT_MSG_DELRULE))
            {
                return true;
            }

            if (length < NetlinkBatch.HeaderSize || length > messages.Length)
            {
                return false;
            }

            messages = messages[Math.Min((length + 3) & ~3, messages.Length)..];
        }

        return false;
    }
}
