using System.Text;
using Rtd.Tests.Integration.Hosting;

namespace Rtd.Tests.Integration.EndToEnd.Images;

/// <summary>Debian's docker-registry, inside a test host.</summary>
internal sealed class RegistryServer : IDisposable
{
    public const string User = "tester", Password = "secret";

    /// <summary>The password by bcrypt (crypt(5), <c>$2y$</c>), as htpasswd -B writes it.</summary>
    private const string PasswordLine = User + ":$2y$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a";

    private readonly Server _server;
    private readonly string _directory;

    private RegistryServer(TestHost host, string directory, string address)
    {
        _directory = directory;
        Address = address;
        _server = new Server(host.Inside(Program!, "serve", Path.Combine(directory, "config.yml")));
    }

    /// <summary>Host and port, as references begin.</summary>
    public string Address { get; }

    /// <summary>The registry's own certificate; empty without TLS.</summary>
    public string Certificate => Path.Combine(_directory, "cert.pem");

    /// <summary>Why there is none, or null.</summary>
    public static string? Missing { get; } = Program is null ? "not installed: docker-registry (scripts/test fetches it)" : null;

    private static string? Program => Prerequisites.Which("docker-registry")
        ?? new[] { Path.Combine(Tree.Top, "obj/docker-registry/usr/bin/docker-registry") }.FirstOrDefault(File.Exists);

    /// <summary>Plain HTTP for everyone, or TLS with a certificate of its own and a password.</summary>
    public static async Task<RegistryServer> StartAsync(TestHost host, string address, bool guarded = false)
    {
        string directory = Path.Combine(host.Root, $"registry-{address.Split(':')[^1]}");
        Directory.CreateDirectory(directory);
        StringBuilder config = new($"version: 0.1\nlog: {{level: warn}}\nstorage:\n  filesystem: {{rootdirectory: {directory}/store}}\n  delete: {{enabled: true}}\n");
        if (guarded)
        {
            await File.WriteAllTextAsync(Path.Combine(directory, "htpasswd"), PasswordLine + "\n");
            await MakeCertificateAsync(directory, address.Split(':')[0]);
            config.Append($"auth:\n  htpasswd: {{realm: test, path: {directory}/htpasswd}}\n");
            config.Append($"http:\n  addr: {address}\n  secret: x\n  tls: {{certificate: {directory}/cert.pem, key: {directory}/key.pem}}\n");
        }
        else
        {
            config.Append($"http: {{addr: \"{address}\", secret: x}}\n");
        }

        await File.WriteAllTextAsync(Path.Combine(directory, "config.yml"), config.ToString());
        RegistryServer server = new(host, directory, address);
        await Eventually.HoldsAsync("the registry listens", async () => (await host.RunAsync("bash", "-c", $"exec 3<>/dev/tcp/{address.Replace(':', '/')}")).ExitCode == 0);
        return server;
    }

    public void Dispose()
    {
        _server.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private static async Task MakeCertificateAsync(string directory, string address) => (await Command.RunAsync(
        [
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", $"/CN={address}", "-addext", $"subjectAltName=IP:{address}",
            "-keyout", Path.Combine(directory, "key.pem"), "-out", Path.Combine(directory, "cert.pem"),
        ])).Exits(0);
}
