using System.Net;
using System.Numerics;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Networking.Addressing;

/// <summary>The free addresses of a subnet, one bit each; the lowest free one is given out first, as Docker does on its default bridge.</summary>
/// <remarks>Network and broadcast address are never given out (a /31 and a /32 have neither).</remarks>
internal sealed class AddressPool
{
    private readonly Lock _gate = new();
    private readonly Ipv4Subnet _subnet;
    private readonly Ipv4Subnet _range;
    private readonly ulong[] _taken;
    private int _firstFreeWord;

    /// <param name="subnet">Addresses that may be asked for.</param>
    /// <param name="range">The part of it that addresses are chosen from.</param>
    public AddressPool(Ipv4Subnet subnet, Ipv4Subnet range)
    {
        _subnet = subnet;
        _range = range;
        _taken = new ulong[(subnet.Last - subnet.First) / 64 + 1];
        if (subnet.PrefixLength < 31)
        {
            Mark(subnet.First);
            Mark(subnet.Last);
        }
    }

    public IPAddress Take()
    {
        lock (_gate)
        {
            uint address = FindFree() ?? throw EngineException.System($"no available IPv4 addresses on this network's address pools: {_subnet}");
            Mark(address);
            return Ipv4Subnet.ToAddress(address);
        }
    }

    /// <summary>Takes this very address.</summary>
    public void Take(IPAddress address)
    {
        if (!_subnet.Contains(address))
        {
            throw EngineException.InvalidParameter($"invalid address {address}: it does not belong to any of this network's subnets ({_subnet})");
        }

        lock (_gate)
        {
            uint number = Ipv4Subnet.ToNumber(address);
            if (IsTaken(number))
            {
                throw EngineException.Conflict($"address already in use: {address}");
            }

            Mark(number);
        }
    }

    public void Return(IPAddress address)
    {
        lock (_gate)
        {
            uint offset = Ipv4Subnet.ToNumber(address) - _subnet.First;
            int word = (int)(offset / 64);
            _taken[word] &= ~(1UL << (int)(offset % 64));
            _firstFreeWord = Math.Min(_firstFreeWord, word);
        }
    }

    private uint? FindFree()
    {
        int last = (int)((_range.Last - _subnet.First) / 64);
        int start = Math.Max(_firstFreeWord, (int)((_range.First - _subnet.First) / 64));
        for (int word = start; word <= last; word++)
        {
            // A word at the edge of the range, or of a subnet smaller than 64, has bits that are not ours to give.
            ulong free = ~_taken[word];
            while (free != 0)
            {
                uint address = _subnet.First + (uint)word * 64 + (uint)BitOperations.TrailingZeroCount(free);
                if (_range.Contains(address))
                {
                    _firstFreeWord = word;
                    return address;
                }

                free &= free - 1;
            }
        }

        return null;
    }

    private bool IsTaken(uint address)
    {
        uint offset = address - _subnet.First;
        return (_taken[offset / 64] & (1UL << (int)(offset % 64))) != 0;
    }

    private void Mark(uint address)
    {
        uint offset = address - _subnet.First;
        _taken[offset / 64] |= 1UL << (int)(offset % 64);
    }
}
