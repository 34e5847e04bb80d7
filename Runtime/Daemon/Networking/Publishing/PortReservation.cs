using System.Net.Sockets;

namespace Rtd.Daemon.Networking.Publishing;

/// <summary>A host port that is ours.</summary>
/// <param name="Binding">As really bound.</param>
/// <param name="Socket">Holds the port: listening for tcp, bound for udp; null for sctp, which only the firewall serves.</param>
internal sealed record PortReservation(PortBinding Binding, Socket? Socket);
