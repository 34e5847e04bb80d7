using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Rtd.Tests.Integration.Hosting;

/// <summary>A certificate authority of a test, and what it has signed, as PEM files in a directory under docker's names.</summary>
internal sealed class Certificates
{
    private readonly X509Certificate2 _authority;

    private Certificates(string directory, X509Certificate2 authority)
    {
        Directory = directory;
        _authority = authority;
    }

    public string Directory { get; }

    public string Authority => Path.Combine(Directory, "ca.pem");

    /// <summary>Makes ca.pem, server.pem, server-key.pem (for 127.0.0.1 and localhost), cert.pem and key.pem (of a client).</summary>
    public static Certificates Make(string directory, string client = "client")
    {
        System.IO.Directory.CreateDirectory(directory);
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN=CA of {Path.GetFileName(directory)}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        Certificates certificates = new(directory, request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1)));
        File.WriteAllText(certificates.Authority, certificates._authority.ExportCertificatePem());
        certificates.Sign("CN=rtd", "1.3.6.1.5.5.7.3.1", "server.pem", "server-key.pem");
        certificates.Sign($"CN={client}", "1.3.6.1.5.5.7.3.2", "cert.pem", "key.pem");
        return certificates;
    }

    /// <summary>The daemon's flags for it.</summary>
    public string[] ServerFlags(bool verify = true) =>
    [
        verify ? "--tlsverify" : "--tls", "--tlscert", Path.Combine(Directory, "server.pem"), "--tlskey", Path.Combine(Directory, "server-key.pem"),
        .. verify ? ["--tlscacert", Authority] : Array.Empty<string>(),
    ];

    /// <summary>A client's flags for it, the same of docker and rtctl.</summary>
    public string[] ClientFlags(string host) =>
        ["-H", host, "--tlsverify", "--tlscacert", Authority, "--tlscert", Path.Combine(Directory, "cert.pem"), "--tlskey", Path.Combine(Directory, "key.pem")];

    private void Sign(string subject, string usage, string file, string keyFile)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new(subject, key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Loopback);
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        using X509Certificate2 certificate = request.Create(_authority, DateTimeOffset.UtcNow.AddMinutes(-30), DateTimeOffset.UtcNow.AddHours(20), RandomNumberGenerator.GetBytes(8));
        File.WriteAllText(Path.Combine(Directory, file), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(Directory, keyFile), key.ExportPkcs8PrivateKeyPem());
    }
}
