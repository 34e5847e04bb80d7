using System.Net;
using System.Numerics;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Networking.Addressing;

/// <summary>The free addresses of a subnet, one bit each; the lowest free one is given out first, as Docker does on its default bridge.</summary>
/// <remarks>
/// Words of bits are kept only where an address is taken: a /64 has too many. Network and broadcast address are never given out (a /31 and a
/// /32 have neither; of IPv6 the first is the routers' anycast address and the last is ordinary).
/// </remarks>
internal sealed class AddressPool
{
    private readonly Lock _gate = new();
    private readonly Dictionary<UInt128, ulong> _taken = [];
    private readonly IpSubnet _subnet;
    private readonly IpSubnet _range;
    private UInt128 _firstFreeWord;

    /// <param name="subnet">Addresses that may be asked for.</param>
    /// <param name="range">The part of it that addresses are chosen from.</param>
    public AddressPool(IpSubnet subnet, IpSubnet range)
    {
        _subnet = subnet;
        _range = range;
        if (subnet.Bits - subnet.PrefixLength > 1)
        {
            Mark(subnet.First);
            if (!subnet.IsIPv6)
            {
                Mark(subnet.Last);
            }
        }
    }

    public IPAddress Take() => TryTake() ?? throw Exhausted();

    /// <summary>As <see cref="Take()"/>; null when none is left.</summary>
    public IPAddress? TryTake()
    {
        lock (_gate)
        {
            if (FindFree() is not { } address)
            {
                return null;
            }

            Mark(address);
            return IpSubnet.ToAddress(address, _subnet.Family);
        }
    }

    public EngineException Exhausted() =>
        EngineException.System($"no available {(_subnet.IsIPv6 ? "IPv6" : "IPv4")} addresses on this network's address pools: {_range}");

    /// <summary>Takes this very address.</summary>
    public void Take(IPAddress address)
    {
        if (!_subnet.Contains(address))
        {
            throw EngineException.InvalidParameter($"invalid address {address}: it does not belong to any of this network's subnets ({_subnet})");
        }

        lock (_gate)
        {
            UInt128 number = IpSubnet.ToNumber(address);
            if (IsTaken(number))
            {
                throw EngineException.Conflict($"address already in use: {address}");
            }

            Mark(number);
        }
    }

    /// <summary>Takes an address out for good, whether it could be given out or not.</summary>
    public void Reserve(IPAddress address)
    {
        lock (_gate)
        {
            Mark(IpSubnet.ToNumber(address));
        }
    }

    public void Return(IPAddress address)
    {
        lock (_gate)
        {
            (UInt128 word, int bit) = PlaceOf(IpSubnet.ToNumber(address));
            ulong left = _taken.GetValueOrDefault(word) & ~(1UL << bit);
            if (left == 0)
            {
                _taken.Remove(word);
            }
            else
            {
                _taken[word] = left;
            }

            _firstFreeWord = UInt128.Min(_firstFreeWord, word);
        }
    }

    private UInt128? FindFree()
    {
        UInt128 last = (_range.Last - _subnet.First) / 64;
        for (UInt128 word = UInt128.Max(_firstFreeWord, (_range.First - _subnet.First) / 64); word <= last; word++)
        {
            // A word at the edge of the range, or of a subnet smaller than 64, has bits that are not ours to give.
            ulong free = ~_taken.GetValueOrDefault(word);
            while (free != 0)
            {
                UInt128 address = _subnet.First + word * 64 + (uint)BitOperations.TrailingZeroCount(free);
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

    private bool IsTaken(UInt128 address)
    {
        (UInt128 word, int bit) = PlaceOf(address);
        return (_taken.GetValueOrDefault(word) & (1UL << bit)) != 0;
    }

    private void Mark(UInt128 address)
    {
        (UInt128 word, int bit) = PlaceOf(address);
        _taken[word] = _taken.GetValueOrDefault(word) | (1UL << bit);
    }

    private (UInt128 Word, int Bit) PlaceOf(UInt128 address)
    {
        UInt128 offset = address - _subnet.First;
        return (offset / 64, (int)(uint)(offset % 64));
    }
}
