using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Rtd.Daemon.Networking.Publishing;

/// <summary>Reserves host ports by binding them, so that no other program can take one between promise and use.</summary>
internal sealed class HostPorts
{
    // What Linux uses when ip_local_port_range cannot be read.
    private const int DefaultFirst = 32768, DefaultLast = 60999;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Protocol, int Port), List<IPAddress>> _taken = [];
    private readonly int _first;
    private readonly int _last;
    private readonly IFdKeeper? _keeper;
    private int _next;

    /// <param name="keeper">Keeps the sockets beyond the daemon's end; null with no live restore.</param>
    public HostPorts(IFdKeeper? keeper = null)
        : this(ReadRange())
    {
        _keeper = keeper;
    }

    /// <param name="range">Where ports come from when none is asked for.</param>
    public HostPorts((int First, int Last) range)
    {
        (_first, _last) = range;
        _next = _first;
    }

    /// <summary>Reserves all bindings or none. Bindings of one container port on several addresses get the same host port.</summary>
    /// <param name="target">For messages.</param>
    /// <param name="needSocket">The forwarder must be able to serve every port (no firewall), so sctp is refused.</param>
    /// <exception cref="PortConflictException">A port is taken, or none is left.</exception>
    public IReadOnlyList<PortReservation> Reserve(PortTarget target, IReadOnlyList<PortBinding> bindings, bool needSocket)
    {
        List<PortReservation> reserved = [];
        try
        {
            foreach (List<PortBinding> group in Group(bindings))
            {
                ReserveGroup(target, group, needSocket, reserved);
            }

            return reserved;
        }
        catch
        {
            reserved.ForEach(Release);
            throw;
        }
    }

    public void Release(PortReservation reservation)
    {
        if (reservation.Socket is { } socket)
        {
            _keeper?.Drop(NameOf(reservation.Binding));
            socket.Dispose();
        }

        lock (_gate)
        {
            (string, int) key = (reservation.Binding.Protocol, reservation.Binding.HostPort);
            if (_taken.TryGetValue(key, out List<IPAddress>? addresses) && addresses.Remove(reservation.Binding.HostAddress) && addresses.Count == 0)
            {
                _taken.Remove(key);
            }
        }
    }

    /// <summary>Bindings that have to agree on a host port stand together: the same request for another address.</summary>
    internal static List<List<PortBinding>> Group(IReadOnlyList<PortBinding> bindings)
    {
        List<List<PortBinding>> groups = [];
        foreach (PortBinding binding in bindings)
        {
            List<PortBinding>? group = groups.Find(g => IsSameRequest(g[0], binding) && g.TrueForAll(b => !b.HostAddress.Equals(binding.HostAddress)));
            if (group is null)
            {
                groups.Add([binding]);
            }
            else
            {
                group.Add(binding);
            }
        }

        return groups;
    }

    private static bool IsSameRequest(PortBinding left, PortBinding right) => left with { HostAddress = right.HostAddress } == right;

    private void ReserveGroup(PortTarget target, List<PortBinding> group, bool needSocket, List<PortReservation> reserved)
    {
        PortBinding request = group[0];
        PortConflictException? refusal = null;
        foreach (int port in Candidates(request))
        {
            try
            {
                reserved.AddRange(ReserveAt(target, group, port, needSocket));
                return;
            }
            catch (PortConflictException e)
            {
                refusal = e;
            }
        }

        throw request.HostPort != 0 && request.HostPortEnd <= request.HostPort && refusal is not null
            ? refusal
            : new PortConflictException("all ports are allocated", refusal);
    }

    private IEnumerable<int> Candidates(PortBinding request)
    {
        if (request.HostPort != 0)
        {
            for (int port = request.HostPort; port <= Math.Max(request.HostPort, request.HostPortEnd); port++)
            {
                yield return port;
            }

            yield break;
        }

        // One after the other and round again, as Docker does: a port just given back is not given out at once.
        for (int tried = 0; tried <= _last - _first; tried++)
        {
            int port;
            lock (_gate)
            {
                port = _next;
                _next = _next == _last ? _first : _next + 1;
            }

            yield return port;
        }
    }

    private List<PortReservation> ReserveAt(PortTarget target, List<PortBinding> group, int port, bool needSocket)
    {
        List<PortReservation> reserved = [];
        try
        {
            foreach (PortBinding binding in group)
            {
                reserved.Add(ReserveOne(target, binding with { HostPort = port, HostPortEnd = port }, needSocket));
            }

            return reserved;
        }
        catch
        {
            reserved.ForEach(Release);
            throw;
        }
    }

    private PortReservation ReserveOne(PortTarget target, PortBinding binding, bool needSocket)
    {
        Claim(binding);
        try
        {
            string name = NameOf(binding);
            Socket? socket = _keeper.Take(name) ?? Bind(binding, needSocket);
            if (socket is not null)
            {
                IPEndPoint? to = binding.Protocol == "tcp" ? new IPEndPoint(target.For(binding.HostAddress), binding.ContainerPort) : null;
                _keeper?.Keep(name, socket.SafeHandle, to);
            }

            return new PortReservation(binding, socket);
        }
        catch (Exception e)
        {
            Release(new PortReservation(binding, null));
            if (e is SocketException { SocketErrorCode: var code } && BindFailure(code) is { } words)
            {
                throw new PortConflictException(
                    $"failed to bind host port for {binding.HostAddress}:{binding.HostPort}:{target.For(binding.HostAddress)}:{binding.ContainerPort}/{binding.Protocol}: {words}", e);
            }

            throw;
        }
    }

    private static string NameOf(PortBinding binding) => $"port:{binding.Protocol}:{binding.HostAddress}:{binding.HostPort}";

    private void Claim(PortBinding binding)
    {
        lock (_gate)
        {
            (string, int) key = (binding.Protocol, binding.HostPort);
            if (!_taken.TryGetValue(key, out List<IPAddress>? addresses))
            {
                _taken[key] = addresses = [];
            }

            if (addresses.Exists(taken => Collide(taken, binding.HostAddress)))
            {
                throw new PortConflictException($"Bind for {binding.HostAddress}:{binding.HostPort} failed: port is already allocated");
            }

            addresses.Add(binding.HostAddress);
        }
    }

    private static bool Collide(IPAddress left, IPAddress right) =>
        left.AddressFamily == right.AddressFamily && (left.Equals(right) || IsAny(left) || IsAny(right));

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private static Socket? Bind(PortBinding binding, bool needSocket)
    {
        if (binding.Protocol == "sctp")
        {
            return needSocket ? throw new PortConflictException("publishing an sctp port needs the firewall (--iptables=true)") : null;
        }

        bool tcp = binding.Protocol == "tcp";
        Socket socket = new(binding.HostAddress.AddressFamily, tcp ? SocketType.Stream : SocketType.Dgram, tcp ? ProtocolType.Tcp : ProtocolType.Udp);
        try
        {
            if (binding.HostAddress.AddressFamily == AddressFamily.InterNetworkV6)
            {
                // [::] stands beside 0.0.0.0, it does not include it.
                socket.DualMode = false;
            }

            socket.Bind(new IPEndPoint(binding.HostAddress, binding.HostPort));
            if (tcp)
            {
                // Only a listening socket keeps others off: bound ones with SO_REUSEADDR, which the runtime sets, may share.
                socket.Listen();
            }

            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static string? BindFailure(SocketError code) => code switch
    {
        SocketError.AddressAlreadyInUse => "address already in use",
        SocketError.AddressNotAvailable => "cannot assign requested address",
        SocketError.AccessDenied => "permission denied",
        SocketError.AddressFamilyNotSupported => "address family not supported by protocol",
        _ => null,
    };

    private static (int First, int Last) ReadRange()
    {
        const string File = "/proc/sys/net/ipv4/ip_local_port_range";
        string[] words = System.IO.File.Exists(File)
            ? System.IO.File.ReadAllText(File).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            : [];
        return words.Length == 2
            && int.TryParse(words[0], CultureInfo.InvariantCulture, out int first)
            && int.TryParse(words[1], CultureInfo.InvariantCulture, out int last) && first > 0 && last >= first
            ? (first, last)
            : (DefaultFirst, DefaultLast);
    }
}
