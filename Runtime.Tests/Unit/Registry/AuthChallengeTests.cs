using Rtd.Daemon.Images.Registry;

namespace Rtd.Tests.Unit.Registry;

public sealed class AuthChallengeTests
{
    [Theory]
    [InlineData("Bearer realm=\"https://auth.docker.io/token\",service=\"registry.docker.io\",scope=\"repository:a/b:pull,push\"", "bearer|realm=https://auth.docker.io/token|service=registry.docker.io|scope=repository:a/b:pull,push")]
    [InlineData("Basic realm=\"Registry Realm\"", "basic|realm=Registry Realm")]
    [InlineData("BEARER Realm = \"x\" , error=\"insufficient_scope\"", "bearer|realm=x|error=insufficient_scope")]
    [InlineData("Negotiate, Basic realm=plain", "negotiate;basic|realm=plain")]
    [InlineData("Basic realm=\"with \\\"quotes\\\"\"", "basic|realm=with \"quotes\"")]
    [InlineData("Basic realm=\"never closed", "basic|realm=never closed")]
    [InlineData("", "")]
    [InlineData(",,=\"", "")]
    public void Parses(string header, string expected)
    {
        IEnumerable<string> challenges = AuthChallenge.Parse(header)
            .Select(challenge => string.Join('|', challenge.Parameters.Select(pair => $"{pair.Key}={pair.Value}").Prepend(challenge.Scheme)));
        Assert.Equal(expected, string.Join(';', challenges));
    }
}
