using Microsoft.Win32.SafeHandles;
using NLog;
using Rtd.Daemon.Execution;
using Rtd.Protocol.Netlink;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Networking.Firewall;

/// <summary>
/// Hears from the kernel when anybody deletes tables, chains or rules (<c>nft flush ruleset</c>), and then has ours put back; and when chains or
/// rules come or go, and then has those looked at that would drop what ours let through.
/// </summary>
internal sealed class RulesetWatch : IDisposable
{
    // linux/netfilter/nfnetlink.h and nf_tables.h
    private const int NFNLGRP_NFTABLES = 7, NFNL_SUBSYS_NFTABLES = 10;
    private const int NFT_MSG_DELTABLE = 2, NFT_MSG_NEWCHAIN = 3, NFT_MSG_DELCHAIN = 5, NFT_MSG_NEWRULE = 6, NFT_MSG_DELRULE = 8;
    private const int ReceiveSize = 32 * 1024;

    private static readonly Logger s_log = LogManager.GetLogger("network");

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(300);

    private readonly PacketFilter _filter;
    private readonly IoSource _source;
    private volatile bool _disposed;
    private int _looking = 1;

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

        // What came between the start's own look and the socket.
        _ = LookAsync();
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
                if (_disposed)
                {
                    return;
                }

                (bool deletion, bool any) = Listen(buffer);
                if (deletion)
                {
                    Try(_filter.Reassert, "the firewall's rules were changed by another program and cannot be put back");
                }

                if (any && Interlocked.Exchange(ref _looking, 1) == 0)
                {
                    _ = LookAsync();
                }
            }
        }
        catch (ObjectDisposedException)
        {
            // The daemon ends.
        }
    }

    /// <summary>After a pause: some programs write their rules one by one, and all the time. Nobody awaits this, so it must not throw.</summary>
    private async Task LookAsync()
    {
        await Task.Delay(s_pause);
        Volatile.Write(ref _looking, 0);
        if (!_disposed)
        {
            Try(_filter.LookForForeignDrops, "the firewall's rules were changed by another program and cannot be looked at");
        }
    }

    private static void Try(Action action, string failed)
    {
        try
        {
            action();
        }
        catch (Exception failure)
        {
            s_log.Error(failure, failed);
        }
    }

    /// <summary>Takes in all that has come. Too much at once (ENOBUFS) may have held anything.</summary>
    private (bool Deletion, bool Any) Listen(byte[] buffer)
    {
        (bool Deletion, bool Any) heard = default;
        while (true)
        {
            int count = Libc.try_read(_source.Handle.Fd(), buffer);
            if (count == -Libc.ENOBUFS)
            {
                heard = (true, true);
            }
            else if (count <= 0)
            {
                return heard;
            }
            else
            {
                Hear(buffer.AsSpan(0, count), ref heard);
            }
        }
    }

    private static void Hear(ReadOnlySpan<byte> messages, ref (bool Deletion, bool Any) heard)
    {
        while (messages.Length >= NetlinkBatch.HeaderSize)
        {
            int length = BitConverter.ToInt32(messages);
            int type = BitConverter.ToUInt16(messages[4..]);
            bool isOurs = type >> 8 == NFNL_SUBSYS_NFTABLES;
            bool deletion = isOurs && (type & 0xff) is NFT_MSG_DELTABLE or NFT_MSG_DELCHAIN or NFT_MSG_DELRULE;
            heard.Deletion |= isOurs && deletion;
            heard.Any |= isOurs && (deletion || (type & 0xff) is NFT_MSG_NEWCHAIN or NFT_MSG_NEWRULE);
            if (length < NetlinkBatch.HeaderSize || length > messages.Length)
            {
                return;
            }

            messages = messages[Math.Min((length + 3) & ~3, messages.Length)..];
        }
    }
}
