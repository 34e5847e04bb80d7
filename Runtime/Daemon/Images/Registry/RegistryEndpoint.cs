namespace Rtd.Daemon.Images.Registry;

/// <summary>One way to reach a registry.</summary>
/// <param name="Url">With the path below which <c>v2/</c> lies; ends with a slash.</param>
/// <param name="IsSecure">Its TLS certificate must be right. Plain HTTP is never secure.</param>
/// <param name="IsMirror">Stands in for docker.io; what goes wrong with it is no reason to give up.</param>
internal sealed record RegistryEndpoint(Uri Url, bool IsSecure, bool IsMirror)
{
    /// <summary>Host, and port if it is not the scheme's own: the name of its certificate directory.</summary>
    public string Host => Url.IsDefaultPort ? Url.Host : $"{Url.Host}:{Url.Port}";

    /// <summary>The same machine, port and scheme: the only place its credentials may go.</summary>
    public bool IsAt(Uri url) => Uri.Compare(Url, url, UriComponents.SchemeAndServer | UriComponents.StrongPort, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0;
}
