using Rtd.Daemon.Api;
using Xunit;

namespace Rtd.Tests.Unit.Api;

public sealed class RouteTableTests
{
    private static readonly string[] s_templates =
    [
        "GET /containers/json", "GET /containers/{id}/json", "GET /containers/{id}/logs", "POST /containers/{id}/rename", "POST /containers/create",
        "DELETE /containers/{id}", "GET /images/json", "GET /images/get", "GET /images/{name:*}/get", "GET /images/{name:*}/json", "DELETE /images/{name:*}",
        "POST /images/create", "POST /images/{name:*}/tag", "GET /info", "HEAD /_ping", "GET /_ping",
    ];

    private readonly RouteTable _table = new();

    public RouteTableTests()
    {
        foreach (string route in s_templates)
        {
            string[] parts = route.Split(' ');
            _table.Map(parts[0], parts[1], _ => Task.CompletedTask);
        }
    }

    [Theory]
    [InlineData("GET", "/info", "/info", "")]
    [InlineData("GET", "/v1.40/info", "/info", "")]
    [InlineData("GET", "/containers/json", "/containers/json", "")]
    [InlineData("GET", "/containers/json/json", "/containers/{id}/json", "json")]
    [InlineData("GET", "/v1.51/containers/abc/logs", "/containers/{id}/logs", "abc")]
    [InlineData("GET", "/containers/a%2Fb/json", "/containers/{id}/json", "a/b")]
    [InlineData("DELETE", "/containers/json", "/containers/{id}", "json")]
    [InlineData("GET", "/images/get", "/images/get", "")]
    [InlineData("GET", "/images/json", "/images/json", "")]
    [InlineData("GET", "/images/json/json", "/images/{name:*}/json", "json")]
    [InlineData("GET", "/images/a/b/c:1@sha256:ff/json", "/images/{name:*}/json", "a/b/c:1@sha256:ff")]
    [InlineData("GET", "/images/a/json/get", "/images/{name:*}/get", "a/json")]
    [InlineData("DELETE", "/images/host:5000/a/b", "/images/{name:*}", "host:5000/a/b")]
    [InlineData("POST", "/images/create/tag", "/images/{name:*}/tag", "create")]
    [InlineData("HEAD", "/_ping", "/_ping", "")]
    public void Request_finds_the_most_specific_route(string method, string path, string template, string value)
    {
        RouteMatch match = _table.Match(method, path);

        Assert.Equal(template, match.Route?.Template);
        Assert.Equal(value, match.Values.Values.SingleOrDefault() ?? "");
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("GET", "/")]
    [InlineData("GET", "info")]
    [InlineData("GET", "/v1.40")]
    [InlineData("GET", "/v1.40/")]
    [InlineData("GET", "/info/")]
    [InlineData("GET", "//info")]
    [InlineData("GET", "/INFO")]
    [InlineData("HEAD", "/info")]
    [InlineData("POST", "/info")]
    [InlineData("get", "/info")]
    [InlineData("GET", "/containers//json")]
    [InlineData("GET", "/containers/a/b/json")]
    [InlineData("DELETE", "/containers/")]
    [InlineData("DELETE", "/images/")]
    [InlineData("GET", "/images//json")]
    [InlineData("GET", "/vx/info")]
    public void Other_requests_find_none(string method, string path) => Assert.Null(_table.Match(method, path).Route);

    [Theory]
    [InlineData("/v1.40/info", "1.40")]
    [InlineData("/v1/info", "1")]
    [InlineData("/v1.40/nowhere", "1.40")]
    [InlineData("/info", null)]
    public void Version_is_taken_from_the_path(string path, string? version) => Assert.Equal(version, _table.Match("GET", path).VersionText);
}
