using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;

namespace Rtd.Daemon.Networking.Names;

/// <summary>Who is called what on one network. Readers never wait.</summary>
internal sealed class NameTable
{
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<string, ImmutableArray<IEndpoint>> _names = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<IPAddress, IEndpoint> _addresses = [];

    /// <summary>All that answer to a name; several may have the same alias.</summary>
    public ImmutableArray<IEndpoint> Find(string name) => _names.TryGetValue(name, out ImmutableArray<IEndpoint> found) ? found : [];

    public IEndpoint? Find(IPAddress address) => _addresses.GetValueOrDefault(address);

    public void Add(IEndpoint endpoint)
    {
        lock (_gate)
        {
            foreach (string name in endpoint.DnsNames)
            {
                _names[name] = [.. Find(name), endpoint];
            }

            foreach (IPAddress address in AddressesOf(endpoint))
            {
                _addresses[address] = endpoint;
            }
        }
    }

    public void Remove(IEndpoint endpoint)
    {
        lock (_gate)
        {
            foreach ((string name, ImmutableArray<IEndpoint> owners) in _names)
            {
                ImmutableArray<IEndpoint> left = owners.Remove(endpoint);
                if (left.IsEmpty)
                {
                    _names.TryRemove(name, out _);
                }
                else if (left != owners)
                {
                    _names[name] = left;
                }
            }

            foreach (IPAddress address in AddressesOf(endpoint))
            {
                _addresses.TryRemove(KeyValuePair.Create(address, endpoint));
            }
        }
    }

    private static IEnumerable<IPAddress> AddressesOf(IEndpoint endpoint)
    {
        if (endpoint.Address is { } v4)
        {
            yield return v4;
        }

        if (endpoint.AddressV6 is { } v6)
        {
            yield return v6;
        }
    }
}
