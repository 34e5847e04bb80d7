namespace Rtd.Tests.Integration.EndToEnd.Networking.Reach;

/// <summary>The programs that stations run: one answers with the address it sees a question come from, the other asks many at once.</summary>
internal static class Probe
{
    public const int Port = 7000;

    /// <summary>Answers by TCP and UDP, IPv4 and IPv6, until it is ended.</summary>
    public const string Answer = """
        import socket, threading
        def tcp(family, any):
            listener = socket.socket(family, socket.SOCK_STREAM)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6: listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            listener.bind((any, 7000)); listener.listen(64)
            while True:
                client, peer = listener.accept()
                try: client.sendall(peer[0].encode())
                except OSError: pass
                client.close()
        def udp(family, any):
            answerer = socket.socket(family, socket.SOCK_DGRAM)
            if family == socket.AF_INET6: answerer.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            # The answer comes from the address that was asked, not from the one nearest to the asker: IP_PKTINFO, IPV6_RECVPKTINFO, IPV6_PKTINFO.
            level, wish, kind = (0, 8, 8) if family == socket.AF_INET else (41, 49, 50)
            answerer.setsockopt(level, wish, 1)
            answerer.bind((any, 7000))
            while True:
                _, (asked,), _, peer = answerer.recvmsg(99, 99)
                own = asked[2][8:12] if family == socket.AF_INET else asked[2][:16]
                info = bytes(4) + own + bytes(4) if family == socket.AF_INET else own + bytes(4)
                try: answerer.sendmsg([peer[0].encode()], [(level, kind, info)], 0, peer)
                except OSError: pass
        for serve in tcp, udp:
            for family, any in (socket.AF_INET, '0.0.0.0'), (socket.AF_INET6, '::'):
                threading.Thread(target=serve, args=(family, any)).start()
        """;

    /// <summary>Arguments: <c>NAME/PROTOCOL/ADDRESS/PORT</c>. Prints <c>NAME/PROTOCOL SEEN-ADDRESS</c> for each that answers.</summary>
    public const string Ask = """
        import socket, sys, threading
        def ask(target):
            name, protocol, address, port = target.split('/')
            family = socket.AF_INET6 if ':' in address else socket.AF_INET
            for attempt in range(3):
                try:
                    with socket.socket(family, socket.SOCK_STREAM if protocol.startswith('tcp') else socket.SOCK_DGRAM) as probe:
                        probe.settimeout(1)
                        probe.connect((address, int(port)))
                        if protocol.startswith('udp'): probe.send(b'?')
                        seen = probe.recv(99).decode()
                        if seen:
                            sys.stdout.write(f'{name}/{protocol} {seen}\n')
                            return
                except OSError: pass
        threads = [threading.Thread(target=ask, args=(target,)) for target in sys.argv[1:]]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        """;
}
