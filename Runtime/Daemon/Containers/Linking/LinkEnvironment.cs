using System.Globalization;
using System.Net;
using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Containers.Validation;

namespace Rtd.Daemon.Containers.Linking;

/// <summary>The environment variables that tell a container of its links: <c>DB_PORT=tcp://172.17.0.5:5432</c> and the rest of Docker's list.</summary>
internal static class LinkEnvironment
{
    /// <param name="parent">The name of the container that has the link.</param>
    public static IEnumerable<string> Of(string parent, LinkedContainer link) =>
        Of(parent, link.Alias, link.Endpoint.Address, PortsOf(link.Target), link.Target.Config.Env ?? []);

    /// <summary>The ports a linked container offers: those it exposes, and those it publishes.</summary>
    public static IReadOnlyList<(int Port, string Protocol)> PortsOf(ContainerRecord target) =>
    [
        .. (target.Config.ExposedPorts ?? []).Keys.Concat((target.HostConfig.PortBindings ?? []).Keys)
            .Select(PortSpecs.ParseContainerPort)
            .Distinct()
            .OrderBy(port => port.Port)
            .ThenBy(port => port.Protocol != "tcp")
            .ThenBy(port => port.Protocol, StringComparer.Ordinal),
    ];

    /// <param name="address">The target's, or null where it has no IPv4: then there are no ports to tell of.</param>
    /// <param name="ports">By number, tcp first.</param>
    /// <param name="environment">The target's own.</param>
    internal static IEnumerable<string> Of(
        string parent, string alias, IPAddress? address, IReadOnlyList<(int Port, string Protocol)> ports, IReadOnlyList<string> environment)
    {
        string prefix = alias.ToUpperInvariant().Replace('-', '_');
        if (address is not null && ports.Count > 0)
        {
            (int port, string protocol) = Default(ports);
            yield return Text($"{prefix}_PORT={protocol}://{address}:{port}");
            foreach (string variable in Ranges(prefix, address, ports).Concat(ports.SelectMany(known => Single(prefix, address, known))))
            {
                yield return variable;
            }
        }

        yield return $"{prefix}_NAME=/{parent}/{alias}";
        foreach (string variable in environment)
        {
            bool isPassedOn = variable.Contains('=') && !variable.StartsWith("PATH=", StringComparison.Ordinal) && !variable.StartsWith("HOME=", StringComparison.Ordinal);
            if (isPassedOn)
            {
                yield return $"{prefix}_ENV_{variable}";
            }
        }
    }

    /// <summary>The lowest port that is tcp, else the lowest.</summary>
    private static (int Port, string Protocol) Default(IReadOnlyList<(int Port, string Protocol)> ports) =>
        ports.FirstOrDefault(port => port.Protocol == "tcp") is { Port: > 0 } tcp ? tcp : ports[0];

    private static IEnumerable<string> Single(string prefix, IPAddress address, (int Port, string Protocol) port)
    {
        string name = Text($"{prefix}_PORT_{port.Port}_{port.Protocol.ToUpperInvariant()}");
        yield return Text($"{name}={port.Protocol}://{address}:{port.Port}");
        yield return $"{name}_ADDR={address}";
        yield return Text($"{name}_PORT={port.Port}");
        yield return $"{name}_PROTO={port.Protocol}";
    }

    /// <summary>Three and more ports in a row have their first and last one said, too.</summary>
    private static IEnumerable<string> Ranges(string prefix, IPAddress address, IReadOnlyList<(int Port, string Protocol)> ports)
    {
        for (int first = 0, last; first < ports.Count; first = last + 1)
        {
            last = first;
            while (last + 1 < ports.Count && ports[last + 1].Port == ports[last].Port + 1 && ports[last + 1].Protocol == ports[first].Protocol)
            {
                last++;
            }

            if (last - first < 2)
            {
                last = first;
                continue;
            }

            (int port, string protocol) = ports[first];
            string name = Text($"{prefix}_PORT_{port}_{protocol.ToUpperInvariant()}");
            yield return Text($"{name}_START={protocol}://{address}:{port}");
            yield return $"{name}_ADDR={address}";
            yield return $"{name}_PROTO={protocol}";
            yield return Text($"{name}_PORT_START={port}");
            yield return Text($"{name}_END={protocol}://{address}:{ports[last].Port}");
            yield return Text($"{name}_PORT_END={ports[last].Port}");
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
