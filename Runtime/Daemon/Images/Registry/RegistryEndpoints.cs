using System.Net;
using System.Net.Sockets;

namespace Rtd.Daemon.Images.Registry;

/// <summary>Where a registry is to be looked for: HTTPS, for insecure registries HTTP after it, for docker.io the mirrors before it.</summary>
internal static class RegistryEndpoints
{
    /// <summary>The default registry's name in references, and where it is.</summary>
    public const string DefaultDomain = "docker.io", DefaultHost = "registry-1.docker.io";

    private static readonly IPNetwork[] s_loopback = [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128")];

    /// <param name="domain">The first part of a full reference.</param>
    /// <param name="forPush">Mirrors are only read.</param>
    public static async Task<IReadOnlyList<RegistryEndpoint>> ForAsync(string domain, RegistryOptions options, bool forPush, CancellationToken cancelled)
    {
        List<RegistryEndpoint> endpoints = [];
        if (domain == DefaultDomain)
        {
            foreach (string mirror in forPush ? [] : options.Mirrors)
            {
                Uri url = new(mirror.TrimEnd('/') + "/");
                endpoints.Add(new RegistryEndpoint(url, url.Scheme == Uri.UriSchemeHttps && !await IsInsecureAsync(url.Authority, options, cancelled), IsMirror: true));
            }

            endpoints.Add(new RegistryEndpoint(new Uri($"https://{DefaultHost}/"), IsSecure: true, IsMirror: false));
            return endpoints;
        }

        bool insecure = await IsInsecureAsync(domain, options, cancelled);
        endpoints.Add(new RegistryEndpoint(new Uri($"https://{domain}/"), !insecure, IsMirror: false));
        if (insecure)
        {
            endpoints.Add(new RegistryEndpoint(new Uri($"http://{domain}/"), IsSecure: false, IsMirror: false));
        }

        return endpoints;
    }

    /// <summary>By name, or because one of its addresses is in a range that is said to be insecure; loopback always is.</summary>
    /// <param name="domain">Host, maybe with a port.</param>
    internal static async Task<bool> IsInsecureAsync(string domain, RegistryOptions options, CancellationToken cancelled)
    {
        string host = HostOf(domain);
        if (host == "localhost" || options.InsecureRegistries.Any(name => name == domain || name == host))
        {
            return true;
        }

        IPNetwork[] ranges = [.. s_loopback, .. options.InsecureRegistries.Select(Range).OfType<IPNetwork>()];
        return Array.Exists(await AddressesAsync(host, cancelled), address => Array.Exists(ranges, range => range.Contains(address)));
    }

    private static IPNetwork? Range(string text) => IPNetwork.TryParse(text, out IPNetwork range) ? range : null;

    private static string HostOf(string domain)
    {
        int colon = domain.LastIndexOf(':');
        string host = colon > domain.LastIndexOf(']') ? domain[..colon] : domain;
        return host.Trim('[', ']');
    }

    /// <summary>None for a name that has none: connecting says so better.</summary>
    private static async Task<IPAddress[]> AddressesAsync(string host, CancellationToken cancelled)
    {
        try
        {
            return IPAddress.TryParse(host, out IPAddress? address) ? [address] : await Dns.GetHostAddressesAsync(host, cancelled);
        }
        catch (SocketException)
        {
            return [];
        }
    }
}
