using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Rtd.Client.Engine;

/// <summary>How the client speaks TLS to the daemon. Files are PEM.</summary>
/// <param name="Verify">Check the daemon's certificate against the CA.</param>
/// <param name="Certificate">The client's own; null for none.</param>
internal sealed record EngineTls(bool Verify, string Authority, string? Certificate, string? Key)
{
    /// <exception cref="ClientException">A file is missing or damaged.</exception>
    public SslClientAuthenticationOptions Load(string host)
    {
        SslClientAuthenticationOptions options = new() { TargetHost = host };
        Trust(options);
        if (Certificate is not null)
        {
            options.ClientCertificates = [LoadCertificate()];
        }

        return options;
    }

    /// <exception cref="ClientException">The daemon is not to be trusted, or does not trust us.</exception>
    public static SslStream Connect(Socket socket, SslClientAuthenticationOptions options)
    {
        SslStream stream = new(new NetworkStream(socket, ownsSocket: false));
        try
        {
            stream.AuthenticateAsClient(options);
            return stream;
        }
        catch (Exception failure) when (failure is AuthenticationException or IOException)
        {
            stream.Dispose();
            throw new ClientException($"error during connect: {Reason(failure)}");
        }
    }

    /// <summary>What broke a conversation, in the words of Go's client, which people search for.</summary>
    public static string Reason(Exception failure)
    {
        string text = "";
        for (Exception? cause = failure; cause is not null; cause = cause.InnerException)
        {
            text += cause.Message + "\n";
        }

        return text.Contains("RemoteCertificateNameMismatch", StringComparison.Ordinal) ? "tls: failed to verify certificate: x509: certificate is not valid for this host name"
            : text.Contains("NotTimeValid", StringComparison.Ordinal) ? "tls: failed to verify certificate: x509: certificate has expired or is not yet valid"
            : text.Contains("UntrustedRoot", StringComparison.Ordinal) || text.Contains("PartialChain", StringComparison.Ordinal) ? "tls: failed to verify certificate: x509: certificate signed by unknown authority"
            : text.Contains("alert", StringComparison.OrdinalIgnoreCase)
                ? "remote error: tls: the daemon refused the handshake. The server probably has client authentication (--tlsverify) enabled; check your TLS client certification settings"
            : text.Contains("frame", StringComparison.OrdinalIgnoreCase) || text.Contains("wrong version number", StringComparison.OrdinalIgnoreCase)
                ? "http: server gave HTTP response to HTTPS client"
            : $"tls: {(failure.InnerException ?? failure).Message}";
    }

    private void Trust(SslClientAuthenticationOptions options)
    {
        if (!Verify)
        {
            options.RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null;
            return;
        }

        X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        try
        {
            policy.CustomTrustStore.ImportFromPemFile(Authority);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new ClientException($"unable to resolve docker endpoint: could not read CA certificate \"{Authority}\": {failure.Message}");
        }

        options.CertificateChainPolicy = policy;
    }

    private X509Certificate2 LoadCertificate()
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(Certificate!, Key);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new ClientException($"unable to resolve docker endpoint: could not load X509 key pair: {failure.Message}. Make sure the key is not encrypted");
        }
    }
}
