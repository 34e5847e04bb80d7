using System.Text;
using Rtd.Client.Registries;
using Xunit;

namespace Rtd.Tests.Unit.Client;

/// <summary>login, logout, search, and what pull and push send of the stored credentials.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class RegistryTests : IDisposable
{
    private const string NoCredentials = "{}";
    private const string GetForR = """
        case "$1 $in" in
          "get r.example") echo '{"ServerURL":"r.example","Username":"hu","Secret":"hs"}' ;;
          get*) echo "credentials not found in native keychain"; exit 1 ;;
        esac
        """;

    private readonly ClientDirectory _user = new();

    public void Dispose() => _user.Dispose();

    [Theory]
    [InlineData(null, "https://index.docker.io/v1/")]
    [InlineData("docker.io", "https://index.docker.io/v1/")]
    [InlineData("r.example:5000", "r.example:5000")]
    [InlineData("https://r.example/v1/", "r.example")]
    [InlineData("http://r.example", "r.example")]
    public void Registries_are_kept_by_host(string? server, string key) => Assert.Equal(key, RegistryAddress.Key(server));

    [Theory]
    [InlineData("term", "https://index.docker.io/v1/")]
    [InlineData("user/term", "https://index.docker.io/v1/")]
    [InlineData("docker.io/term", "https://index.docker.io/v1/")]
    [InlineData("r.example:5000/term", "r.example:5000")]
    [InlineData("localhost/term", "localhost")]
    public void Search_asks_the_registry_that_the_term_names(string term, string key) => Assert.Equal(key, RegistryAddress.OfSearchTerm(term));

    [Theory]
    [InlineData("r.example/x", """{"username":"u","password":"p:q","serveraddress":"r.example"}""")]
    [InlineData("url.example/x", """{"username":"u","password":"p:q","serveraddress":"https://url.example/v2/"}""")]
    [InlineData("token.example/x", """{"username":"u","serveraddress":"token.example","identitytoken":"t"}""")]
    [InlineData("unknown.example/x", NoCredentials)]
    public void Pull_sends_what_the_file_has(string image, string auth)
    {
        string pair = Convert.ToBase64String("u:p:q"u8);
        _user.Config = """{"auths":{"r.example":{"auth":"PAIR"},"https://url.example/v2/":{"auth":"PAIR"},"token.example":{"auth":"dTo=","identitytoken":"t"}}}""".Replace("PAIR", pair, StringComparison.Ordinal);
        using ScriptedDaemon daemon = new(_ => ScriptedDaemon.Json(""));

        Assert.Equal(0, _user.Run(daemon, "pull", "-q", image).ExitCode);
        Assert.Equal(auth, Auth(daemon));
    }

    [Fact]
    public void A_helper_keeps_the_credentials()
    {
        string helper = _user.Helper(GetForR);
        _user.Config = """{"credsStore":"HELPER","auths":{"r.example":{}}}""".Replace("HELPER", helper, StringComparison.Ordinal);
        using ScriptedDaemon daemon = new(_ => ScriptedDaemon.Json("""{"Status":"Login Succeeded"}"""));

        Assert.Equal(new ClientRun(0, "r.example/x:latest\n", ""), _user.Run(daemon, "pull", "-q", "r.example/x"));
        Assert.Equal("""{"username":"hu","password":"hs","serveraddress":"r.example"}""", Auth(daemon));

        Assert.Equal((0, "Login Succeeded\n"), Outcome(_user.Run(daemon, "login", "-u", "a", "-p", "b", "new.example")));
        Assert.Contains("""store {"ServerURL":"new.example","Username":"a","Secret":"b"}""", _user.Asked);
        Assert.Contains("\"new.example\": {}", _user.Config);

        Assert.Equal((0, "Removing login credentials for r.example\n"), Outcome(_user.Run(daemon, "logout", "r.example")));
        Assert.Contains("erase r.example", _user.Asked);
        Assert.DoesNotContain("\"r.example\"", _user.Config);
    }

    [Fact]
    public void An_identity_token_takes_the_passwords_place()
    {
        string helper = _user.Helper(GetForR);
        _user.Config = """{"credHelpers":{"h.example":"HELPER"}}""".Replace("HELPER", helper, StringComparison.Ordinal);
        using ScriptedDaemon daemon = new(_ => ScriptedDaemon.Json("""{"Status":"Login Succeeded","IdentityToken":"t"}"""));

        ClientRun plain = _user.Run(daemon, "login", "-u", "a", "-p", "b", "f.example");
        ClientRun helped = _user.Run(daemon, "login", "-u", "a", "-p", "b", "h.example");

        Assert.Equal((0, 0), (plain.ExitCode, helped.ExitCode));
        Assert.DoesNotContain("stored unencrypted", plain.Error);
        Assert.Contains("\"auth\": \"YTo=\"", _user.Config);
        Assert.Contains("\"identitytoken\": \"t\"", _user.Config);
        Assert.Contains("token", Assert.Single(_user.Asked, line => line.StartsWith("store", StringComparison.Ordinal)));
        Assert.DoesNotContain("\"Secret\":\"b\"", string.Concat(_user.Asked));
    }

    [Fact]
    public void A_helper_that_is_missing_is_told()
    {
        _user.Config = """{"credsStore":"nosuchhelper"}""";
        using ScriptedDaemon daemon = new(request => ScriptedDaemon.Json(request.Path.EndsWith("/auth", StringComparison.Ordinal) ? """{"Status":"Login Succeeded"}""" : ""));
        const string reason = "exec: \"docker-credential-nosuchhelper\": executable file not found in $PATH, out: ``\n";

        ClientRun login = _user.Run(daemon, "login", "-u", "a", "-p", "b", "r.example");
        ClientRun pull = _user.Run(daemon, "pull", "-q", "r.example/x");

        Assert.Equal((1, ""), Outcome(login));
        Assert.EndsWith(reason, login.Error);
        Assert.Equal(new ClientRun(0, "r.example/x:latest\n", "WARNING: error getting credentials - err: " + reason), pull);
        Assert.Equal(NoCredentials, Auth(daemon));
    }

    [Fact]
    public void Login_again_uses_what_is_stored_and_does_not_write()
    {
        _user.Config = """{"auths":{"r.example":{"auth":"dTpw"}}}""";
        using ScriptedDaemon daemon = new(_ => ScriptedDaemon.Json("""{"Status":"Login Succeeded"}"""));

        ClientRun run = _user.Run(daemon, "login", "r.example");

        Assert.Equal((0, "Login Succeeded\n"), Outcome(run));
        Assert.StartsWith("Authenticating with existing credentials... [Username: u]\n", run.Error);
        Assert.Equal("""{"username":"u","password":"p","serveraddress":"r.example"}""", daemon.Requests.Single().BodyText);
        Assert.Equal("""{"auths":{"r.example":{"auth":"dTpw"}}}""", _user.Config);
    }

    [Fact]
    public void What_the_registry_refuses_is_not_stored()
    {
        using ScriptedDaemon daemon = new(_ => ScriptedDaemon.Json("""{"message":"Get \"http://r.example/v2/\": unauthorized: authentication required"}""", 401));

        ClientRun run = _user.Run(daemon, "login", "-u", "u", "-p", "p", "r.example");

        Assert.Equal(1, run.ExitCode);
        Assert.EndsWith("Error response from daemon: Get \"http://r.example/v2/\": unauthorized: authentication required\n", run.Error);
        Assert.False(File.Exists(_user.File));
    }

    [Fact]
    public void The_first_login_makes_the_directory()
    {
        using ScriptedDaemon daemon = new(_ => ScriptedDaemon.Json("""{"Status":"Login Succeeded"}"""));
        string directory = _user.Path("new/.docker");

        Assert.Equal(0, ClientRun.Of("--config", directory, "-H", daemon.Address, "login", "-u", "u", "-p", "p", "r.example").ExitCode);
        Assert.Contains("dTpw", File.ReadAllText(Path.Combine(directory, "config.json")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(directory));
    }

    [Fact]
    public void A_config_file_that_is_a_link_stays_one()
    {
        string target = _user.Path("elsewhere.json");
        File.WriteAllText(target, "{}");
        File.CreateSymbolicLink(_user.File, target);
        using ScriptedDaemon daemon = new(_ => ScriptedDaemon.Json("""{"Status":"Login Succeeded"}"""));

        _user.Run(daemon, "login", "-u", "u", "-p", "p", "r.example");

        Assert.NotNull(new FileInfo(_user.File).LinkTarget);
        Assert.Equal("{\n\t\"auths\": {\n\t\t\"r.example\": {\n\t\t\t\"auth\": \"dTpw\"\n\t\t}\n\t}\n}", File.ReadAllText(target));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(target));
    }

    [Theory]
    [InlineData("conflicting options: cannot specify both --password and --password-stdin", "-p", "p", "--password-stdin")]
    [InlineData("the --password-stdin option requires --username to be set", "--password-stdin")]
    public void Contradictions_are_refused(string message, params string[] options)
    {
        using ScriptedDaemon daemon = new(_ => ScriptedDaemon.Json("{}"));

        ClientRun run = _user.Run(daemon, ["login", .. options]);

        Assert.Equal((1, ""), Outcome(run));
        Assert.EndsWith(message + "\n", run.Error);
        Assert.Empty(daemon.Requests);
    }

    [Theory]
    [InlineData("NAME      DESCRIPTION                                     STARS     OFFICIAL\na/b       two lines of which the second one is rather …   3         \nbb                                                        30        [OK]\n")]
    [InlineData("{\"Description\":\"two lines of which the second one is rather …\",\"IsOfficial\":\"false\",\"Name\":\"a/b\",\"StarCount\":\"3\"}\n{\"Description\":\"\",\"IsOfficial\":\"true\",\"Name\":\"bb\",\"StarCount\":\"30\"}\n", "--format", "json")]
    [InlineData("a/b two lines of which the second one is rather long\nbb \n", "--no-trunc", "--format", "{{.Name}} {{.Description}}")]
    public void Search_shows_what_was_found(string output, params string[] options)
    {
        using ScriptedDaemon daemon = new(_ => ScriptedDaemon.Json(
            """[{"name":"a/b","description":"two lines\nof which the second one is rather long","star_count":3,"is_official":false},{"name":"bb","description":"","star_count":30,"is_official":true}]"""));

        Assert.Equal(new ClientRun(0, output, ""), _user.Run(daemon, ["search", "--limit", "2", "-f", "stars=3", .. options, "x"]));
        Assert.Equal("/v1.51/images/search?term=x&limit=2&filters=%7B%22stars%22%3A%7B%223%22%3Atrue%7D%7D", daemon.Requests.Single().Path);
    }

    private static (int ExitCode, string Output) Outcome(ClientRun run) => (run.ExitCode, run.Output);

    private static string Auth(ScriptedDaemon daemon)
    {
        string field = daemon.Requests[^1].Head.Split("X-Registry-Auth: ")[1].Split("\r\n")[0];
        return Encoding.UTF8.GetString(Convert.FromBase64String(field.Replace('-', '+').Replace('_', '/')));
    }
}
