using Rtd.Daemon.Images;
using Rtd.Daemon.Images.Registry;

namespace Rtd.Tests.Unit.Registry;

public sealed class RegistryEndpointsTests
{
    [Theory]
    [InlineData("docker.io", false, "http://mirror:5000/x/ mirror, https://registry-1.docker.io/ secure")]
    [InlineData("docker.io", true, "https://registry-1.docker.io/ secure")]
    [InlineData("192.0.2.9", false, "https://192.0.2.9/ secure")]
    [InlineData("192.0.2.9:8443", false, "https://192.0.2.9:8443/ secure")]
    [InlineData("127.0.0.1:5000", false, "https://127.0.0.1:5000/, http://127.0.0.1:5000/")]
    [InlineData("localhost:5000", false, "https://localhost:5000/, http://localhost:5000/")]
    [InlineData("[::1]:5000", false, "https://[::1]:5000/, http://[::1]:5000/")]
    [InlineData("named.test:5000", false, "https://named.test:5000/, http://named.test:5000/")]
    [InlineData("198.51.100.7", false, "https://198.51.100.7/, http://198.51.100.7/")]
    public async Task Chooses(string domain, bool forPush, string expected)
    {
        RegistryOptions options = new(["named.test:5000", "198.51.100.0/24"], ["http://mirror:5000/x"]);
        IReadOnlyList<RegistryEndpoint> endpoints = await RegistryEndpoints.ForAsync(domain, options, forPush, CancellationToken.None);
        Assert.Equal(expected, string.Join(", ", endpoints.Select(endpoint => $"{endpoint.Url}{(endpoint.IsMirror ? " mirror" : "")}{(endpoint.IsSecure ? " secure" : "")}")));
    }

    [Theory]
    [InlineData("https://r.test/", "https://r.test/v2/x", true)]
    [InlineData("https://r.test/", "https://R.test:443/v2/x", true)]
    [InlineData("https://r.test/", "http://r.test/v2/x", false)]
    [InlineData("https://r.test/", "https://r.test:8443/v2/x", false)]
    [InlineData("https://r.test/", "https://r.test.evil.test/v2/x", false)]
    [InlineData("https://r.test/", "https://r.test@evil.test/v2/x", false)]
    public void Credentials_belong_to_one_place(string endpoint, string url, bool same) =>
        Assert.Equal(same, new RegistryEndpoint(new Uri(endpoint), IsSecure: true, IsMirror: false).IsAt(new Uri(url)));

    [Theory]
    [InlineData("busybox", "docker.io", "library/busybox")]
    [InlineData("user/app:1", "docker.io", "user/app")]
    [InlineData("host:5000/a/b@sha256:0000000000000000000000000000000000000000000000000000000000000000", "host:5000", "a/b")]
    public void References_name_registry_and_repository(string text, string domain, string path)
    {
        ImageReference reference = ImageReference.Parse(text);
        Assert.Equal((domain, path), (reference.RegistryDomain, reference.RepositoryPath));
    }

    [Theory]
    [InlineData("https://index.docker.io/v1/", "docker.io")]
    [InlineData("", "docker.io")]
    [InlineData(null, "docker.io")]
    [InlineData("http://host:5000/v2/", "host:5000")]
    [InlineData("host.test", "host.test")]
    public void Login_addresses(string? address, string expected) => Assert.Equal(expected, RegistryLogin.Domain(address));
}
