using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Rtd.Daemon.Security;

/// <summary>The client's side of TLS, for plugins and collectors of logs.</summary>
internal static class TlsClient
{
    /// <summary>Puts TLS on a connection. Throws what the handshake and the reading of the files throw.</summary>
    public static async Task<SslStream> AuthenticateAsync(Stream connection, string host, TlsFiles files, CancellationToken cancelled)
    {
        SslClientAuthenticationOptions options = new() { TargetHost = host };
        if (files.SkipVerify)
        {
            options.RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null;
        }
        else if (files.Authority is { Length: > 0 } authority)
        {
            X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
            policy.CustomTrustStore.ImportFromPemFile(authority);
            options.CertificateChainPolicy = policy;
        }

        if (files.Certificate is { Length: > 0 } certificateFile)
        {
            options.ClientCertificates = [X509Certificate2.CreateFromPemFile(certificateFile, files.Key)];
        }

        SslStream tls = new(connection);
        try
        {
            await tls.AuthenticateAsClientAsync(options, cancelled);
            return tls;
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }
}
