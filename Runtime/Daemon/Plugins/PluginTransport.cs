using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Security;

namespace Rtd.Daemon.Plugins;

/// <summary>Connections to a plugin: a unix socket, TCP, or TLS over it.</summary>
internal static class PluginTransport
{
    private static readonly TimeSpan s_connect = TimeSpan.FromSeconds(10);

    /// <summary>One connection per call: a plugin may be restarted between two, and a request on a connection that is just being closed could not be told from one that was carried out.</summary>
    public static HttpMessageInvoker NewInvoker(PluginAddress address) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        UseProxy = false,
        PooledConnectionLifetime = TimeSpan.Zero,
        ConnectTimeout = s_connect,
        MaxResponseHeadersLength = 64,
        ConnectCallback = (_, cancelled) => ConnectAsync(address, cancelled),
    });

    private static async ValueTask<Stream> ConnectAsync(PluginAddress address, CancellationToken cancelled)
    {
        Socket socket = address.SocketPath is not null
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await (address.SocketPath is { } path
                ? socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancelled)
                : socket.ConnectAsync(address.Host, address.Port, cancelled));
            NetworkStream stream = new(socket, ownsSocket: true);
            return address.Tls is { } tls ? await TlsClient.AuthenticateAsync(
                stream, address.Host, new TlsFiles(tls.CAFile, tls.CertFile, tls.KeyFile, tls.InsecureSkipVerify), cancelled) : stream;
        }
        catch (SocketException error)
        {
            socket.Dispose();
            throw new PluginUnreachableException($"{address}: {SocketReason.Of(error, address.SocketPath is not null)}", error);
        }
        catch (Exception error) when (error is AuthenticationException or CryptographicException or IOException or ArgumentException)
        {
            socket.Dispose();
            throw new PluginUnreachableException($"{address}: {error.Message}", error);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
