using System.Collections.Immutable;
using System.Net;
using Rtd.Daemon.Networking.Endpoints;

namespace Rtd.Daemon.Networking.Names;

/// <summary>Answers from the tables of a container's networks.</summary>
internal static class NameLookup
{
    /// <summary>Writes an answer, or returns 0 when no network knows the name.</summary>
    public static int Answer(INameSource source, ReadOnlySpan<byte> question, DnsQuery query, Span<byte> reply)
    {
        if (query.Type == DnsQuery.TypePtr)
        {
            return ReverseName.Parse(query.Name) is { } address && NameOf(source, address) is { } name
                ? DnsReply.WritePointer(question, query, name, reply)
                : 0;
        }

        ImmutableArray<IEndpoint> found = Find(source, query.Name);
        if (found.IsEmpty)
        {
            return 0;
        }

        // Who is known, but has no address of this family or no record of this type, is known all the same: no data, not "no such name".
        IPAddress[] addresses = query.Type switch
        {
            DnsQuery.TypeA => [.. found.Select(endpoint => endpoint.Address).OfType<IPAddress>()],
            DnsQuery.TypeAaaa => [.. found.Select(endpoint => endpoint.AddressV6).OfType<IPAddress>()],
            _ => [],
        };
        if (addresses.Length > 1)
        {
            Random.Shared.Shuffle(addresses);
        }

        return addresses.Length == 0
            ? DnsReply.WriteEmpty(question, query, 0, reply)
            : DnsReply.WriteAddresses(question, query, addresses, reply);
    }

    /// <summary>By alias of a link, by name, or by <c>name.network</c>, on the first network that knows it.</summary>
    private static ImmutableArray<IEndpoint> Find(INameSource source, string name)
    {
        foreach (Endpoint place in source.Places)
        {
            if (place.Network.Names is not { } names)
            {
                continue;
            }

            string wanted = place.Request.Links.TryGetValue(name, out string? target) ? target : name;
            ImmutableArray<IEndpoint> found = names.Find(wanted);
            if (found.IsEmpty && name.Length > place.NetworkName.Length + 1
                && name.EndsWith(place.NetworkName, StringComparison.OrdinalIgnoreCase) && name[^(place.NetworkName.Length + 1)] == '.')
            {
                found = names.Find(name[..^(place.NetworkName.Length + 1)]);
            }

            if (!found.IsEmpty)
            {
                return found;
            }
        }

        return [];
    }

    private static string? NameOf(INameSource source, IPAddress address)
    {
        foreach (Endpoint place in source.Places)
        {
            if (place.Network.Names?.Find(address) is { DnsNames: [var name, ..] })
            {
                return $"{name}.{place.NetworkName}";
            }
        }

        return null;
    }
}
