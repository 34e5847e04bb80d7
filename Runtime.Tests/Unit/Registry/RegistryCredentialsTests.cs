using System.Text;
using Rtd.Daemon.Images.Registry;

namespace Rtd.Tests.Unit.Registry;

public sealed class RegistryCredentialsTests
{
    [Theory]
    [InlineData("""{"username":"ü?>","password":"p:w","serveraddress":"x"}""", "ü?>", "p:w")]
    [InlineData("""{"auth":"dGVzdGVyOnNlY3JldDpz"}""", "tester", "secret:s")]
    [InlineData("{}", null, null)]
    public void Header_in_both_alphabets(string json, string? user, string? password)
    {
        string padded = Convert.ToBase64String(Encoding.UTF8.GetBytes(json));
        foreach (string header in (string[])[padded, padded.TrimEnd('='), padded.Replace('+', '-').Replace('/', '_')])
        {
            RegistryCredentials credentials = RegistryCredentials.FromHeader(header);
            Assert.Equal((user, password), (credentials.Username, credentials.Password));
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("not base 64 !")]
    [InlineData("bm8ganNvbg==")]
    public void Unreadable_header_counts_as_none(string? header) => Assert.Same(RegistryCredentials.Anonymous, RegistryCredentials.FromHeader(header));
}
