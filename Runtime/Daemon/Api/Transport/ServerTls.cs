using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Rtd.Daemon.Configuration;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Api.Transport;

/// <summary>The daemon's certificate and whom it trusts, read again when asked to; connections that are there go on with what they began with.</summary>
internal sealed class ServerTls
{
    private volatile SslServerAuthenticationOptions _options;

    private ServerTls(SslServerAuthenticationOptions options) => _options = options;

    /// <summary>For the next handshake.</summary>
    public SslServerAuthenticationOptions Options => _options;

    /// <exception cref="EngineException">Invalid parameter: a file cannot be read, or is not what it should be.</exception>
    public static ServerTls Load(TlsSettings settings) => new(Read(settings));

    /// <summary>Reads the files; when they make no sense, all stays as it was.</summary>
    /// <exception cref="EngineException">As of <see cref="Load"/>.</exception>
    public void Reload(TlsSettings settings) => _options = Read(settings);

    private static SslServerAuthenticationOptions Read(TlsSettings settings)
    {
        SslServerAuthenticationOptions options = new()
        {
            // What dockerd offers: nothing older than TLS 1.2, and HTTP/1.1 for hijacking.
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ApplicationProtocols = [SslApplicationProtocol.Http11],
            AllowRenegotiation = false,
            ServerCertificateContext = ReadCertificate(settings),
        };
        if (settings.Authority is { } authority)
        {
            options.ClientCertificateRequired = true;
            options.CertificateChainPolicy = ReadAuthority(authority);
        }

        return options;
    }

    private static SslStreamCertificateContext ReadCertificate(TlsSettings settings)
    {
        try
        {
            X509Certificate2Collection chain = [];
            chain.ImportFromPemFile(settings.Certificate);
            X509Certificate2 certificate = X509Certificate2.CreateFromPemFile(settings.Certificate, settings.Key);
            X509Certificate2[] others = chain.Where(other => !other.RawDataMemory.Span.SequenceEqual(certificate.RawDataMemory.Span)).ToArray();
            return SslStreamCertificateContext.Create(certificate, [.. others], offline: true);
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw EngineException.InvalidParameter(
                $"could not load X509 key pair (cert: \"{settings.Certificate}\", key: \"{settings.Key}\"): {error.Message}", error);
        }
    }

    private static X509ChainPolicy ReadAuthority(string file)
    {
        X509ChainPolicy policy = new()
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        try
        {
            policy.CustomTrustStore.ImportFromPemFile(file);
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw EngineException.InvalidParameter($"could not read CA certificate \"{file}\": {error.Message}", error);
        }

        return policy.CustomTrustStore.Count > 0 ? policy : throw EngineException.InvalidParameter($"could not read CA certificate \"{file}\": there is none in it");
    }
}
