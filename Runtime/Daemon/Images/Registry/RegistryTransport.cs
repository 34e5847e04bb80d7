using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Images.Registry;

/// <summary>HTTP to one registry and to where it redirects: connections, TLS, time limits, and errors in the words of Go's client, which people search for.</summary>
internal sealed class RegistryTransport : IDisposable
{
    private static readonly TimeSpan s_connect = TimeSpan.FromSeconds(30), s_idle = TimeSpan.FromSeconds(15);

    private readonly RegistryEndpoint _endpoint;
    private readonly RegistryCertificates _certificates;
    private readonly HttpMessageInvoker _own;
    private readonly HttpMessageInvoker _others;

    public RegistryTransport(RegistryEndpoint endpoint, RegistryCertificates certificates)
    {
        _endpoint = endpoint;
        _certificates = certificates;
        _own = new HttpMessageInvoker(Handler(endpoint.Url, presentCertificate: true));
        _others = new HttpMessageInvoker(Handler(endpoint.Url, presentCertificate: false));
    }

    /// <summary>Sends a request and returns when the headers of the answer are there; follows nothing.</summary>
    /// <param name="patience">How long they may take; null for no limit but the token's.</param>
    /// <exception cref="RegistryUnreachableException">There is no answer.</exception>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, TimeSpan? patience, CancellationToken cancelled)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
        limit.CancelAfter(patience ?? Timeout.InfiniteTimeSpan);

        HttpMessageInvoker invoker = _endpoint.IsAt(request.RequestUri!) ? _own : _others;
        try
        {
            return await invoker.SendAsync(request, limit.Token);
        }
        catch (OperationCanceledException late) when (!cancelled.IsCancellationRequested)
        {
            throw Unreachable(request, "net/http: request canceled (Client.Timeout exceeded while awaiting headers)", late);
        }
        catch (HttpRequestException failed)
        {
            throw Unreachable(request, Describe(failed), failed);
        }
    }

    public void Dispose()
    {
        _own.Dispose();
        _others.Dispose();
        _certificates.Dispose();
    }

    private SocketsHttpHandler Handler(Uri url, bool presentCertificate)
    {
        SocketsHttpHandler handler = new()
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            UseProxy = !url.IsLoopback,
            ConnectTimeout = s_connect,
            PooledConnectionIdleTimeout = s_idle,
            MaxResponseHeadersLength = 64,
            ConnectCallback = ConnectAsync,
        };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, chain, errors) => !_endpoint.IsSecure || _certificates.Trusts(certificate, chain, errors);
        if (presentCertificate && _certificates.Own.Count > 0)
        {
            handler.SslOptions.ClientCertificates = _certificates.Own;
        }

        return handler;
    }

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancelled)
    {
        IPAddress[] addresses = await ResolveAsync(context.DnsEndPoint.Host, cancelled);
        for (int i = 0; ; i++)
        {
            Socket socket = new(addresses[i].AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(addresses[i], context.DnsEndPoint.Port, cancelled);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException failed)
            {
                socket.Dispose();
                if (i + 1 == addresses.Length)
                {
                    throw new IOException($"dial tcp {new IPEndPoint(addresses[i], context.DnsEndPoint.Port)}: connect: {SocketReason.Of(failed)}", failed);
                }
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }

    private static async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancelled)
    {
        try
        {
            return IPAddress.TryParse(host, out IPAddress? address) ? [address] : await Dns.GetHostAddressesAsync(host, cancelled);
        }
        catch (SocketException unknown)
        {
            throw new IOException($"dial tcp: lookup {host}: {(unknown.SocketErrorCode == SocketError.TryAgain ? "server misbehaving" : "no such host")}", unknown);
        }
    }

    private static RegistryUnreachableException Unreachable(HttpRequestMessage request, string reason, Exception inner)
    {
        string method = request.Method.Method;
        return new RegistryUnreachableException($"{method[0]}{method[1..].ToLowerInvariant()} \"{request.RequestUri}\": {reason}", inner);
    }

    private static string Describe(HttpRequestException failed)
    {
        for (Exception? cause = failed; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case IOException when cause.Message.StartsWith("dial tcp", StringComparison.Ordinal):
                    return cause.Message;
                case AuthenticationException:
                    return TlsReason(cause);
                case TaskCanceledException or TimeoutException:
                    return "dial tcp: i/o timeout";
                case HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded }:
                    return "EOF";
            }
        }

        return failed.HttpRequestError == HttpRequestError.SecureConnectionError ? "http: server gave HTTP response to HTTPS client" : (failed.InnerException ?? failed).Message;
    }

    /// <summary>The framework says which check failed, or that what came was no TLS at all.</summary>
    private static string TlsReason(Exception cause)
    {
        string message = cause.Message;
        return message.Contains("RemoteCertificateNameMismatch", StringComparison.Ordinal) ? "tls: failed to verify certificate: x509: certificate is not valid for this host name"
            : message.Contains("NotTimeValid", StringComparison.Ordinal) ? "tls: failed to verify certificate: x509: certificate has expired or is not yet valid"
            : message.Contains("certificate", StringComparison.OrdinalIgnoreCase) ? "tls: failed to verify certificate: x509: certificate signed by unknown authority"
            : message.Contains("frame", StringComparison.OrdinalIgnoreCase) ? "http: server gave HTTP response to HTTPS client"
            : $"tls: {message}";
    }
}
