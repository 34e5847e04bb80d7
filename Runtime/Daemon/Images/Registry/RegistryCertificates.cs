using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Images.Registry;

/// <summary>What lies in a registry's certificate directory: <c>*.crt</c> are authorities to trust for it, <c>*.cert</c> with <c>*.key</c> say who we are.</summary>
internal sealed class RegistryCertificates : IDisposable
{
    private readonly X509Certificate2Collection _authorities = [];

    private RegistryCertificates()
    {
    }

    /// <summary>Client certificates with their keys.</summary>
    public X509Certificate2Collection Own { get; } = [];

    /// <summary>Reads them anew for each pull and push, so that a renewed certificate counts at once.</summary>
    /// <exception cref="EngineException">System: a file that is no certificate, or a certificate without its key.</exception>
    public static RegistryCertificates Load(IReadOnlyList<string> directories, string host)
    {
        RegistryCertificates certificates = new();
        string? directory = directories.Select(parent => Path.Combine(parent, host)).FirstOrDefault(Directory.Exists);
        string[] files = directory is null ? [] : Directory.GetFiles(directory);
        foreach (string file in files.Order(StringComparer.Ordinal))
        {
            certificates.Read(file);
        }

        return certificates;
    }

    /// <summary>Judges a server's certificate: as the system does, with the directory's authorities besides the system's.</summary>
    public bool Trusts(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None)
        {
            return true;
        }

        if (errors != SslPolicyErrors.RemoteCertificateChainErrors || _authorities.Count == 0 || certificate is not X509Certificate2 server)
        {
            return false;
        }

        using X509Chain own = new();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        own.ChainPolicy.DisableCertificateDownloads = true;
        foreach (X509ChainElement element in chain?.ChainElements ?? new X509Chain().ChainElements)
        {
            own.ChainPolicy.ExtraStore.Add(element.Certificate);
        }

        return own.Build(server);
    }

    public void Dispose()
    {
        foreach (X509Certificate2 certificate in _authorities.Concat(Own))
        {
            certificate.Dispose();
        }
    }

    private void Read(string file)
    {
        try
        {
            switch (Path.GetExtension(file))
            {
                case ".crt":
                    _authorities.ImportFromPemFile(file);
                    break;
                case ".cert":
                    string key = Path.ChangeExtension(file, ".key");
                    if (!File.Exists(key))
                    {
                        throw EngineException.System($"missing key {Path.GetFileName(key)} for client certificate {Path.GetFileName(file)}: CA certificates must use the extension .crt");
                    }

                    Own.Add(X509Certificate2.CreateFromPemFile(file, key));
                    break;
            }
        }
        catch (CryptographicException damaged)
        {
            throw EngineException.System($"cannot read certificate {file}: {damaged.Message}", damaged);
        }
    }
}
