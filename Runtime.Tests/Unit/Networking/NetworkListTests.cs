using Newtonsoft.Json.Linq;
using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Networking;
using Xunit;

namespace Rtd.Tests.Unit.Networking;

public sealed class NetworkListTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("rtd-networks-").FullName;

    [Theory]
    [InlineData(null, "host none")]
    [InlineData("{}", "host none")]
    [InlineData("{\"name\":[\"ho\"]}", "host")]
    [InlineData("{\"name\":{\"host\":true,\"none\":false}}", "host")]
    [InlineData("{\"name\":[\"host\",\"none\"]}", "host none")]
    [InlineData("{\"driver\":[\"null\"]}", "none")]
    [InlineData("{\"driver\":[\"null\"],\"name\":[\"host\"]}", "")]
    [InlineData("{\"type\":[\"builtin\"]}", "host none")]
    [InlineData("{\"type\":[\"custom\"]}", "")]
    [InlineData("{\"scope\":[\"swarm\"]}", "")]
    [InlineData("{\"label\":[\"a=b\"]}", "")]
    public void Filters_choose(string? filters, string expected)
    {
        using NetworkService service = Start();
        NetworkFilter filter = new(filters);
        Assert.Equal(expected, string.Join(' ', service.Networks.Where(filter.Matches).Select(network => network.Record.Name)));
    }

    [Fact]
    public void An_id_filter_matches_a_part()
    {
        using NetworkService service = Start();
        INetwork host = service.Find("host");
        NetworkFilter filter = new($$"""{"id":["{{host.Record.Id[..12]}}"]}""");
        Assert.Same(host, Assert.Single(service.Networks, filter.Matches));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("[]")]
    [InlineData("{\"colour\":[\"blue\"]}")]
    [InlineData("{\"name\":7}")]
    public void Bad_filters_are_refused(string filters) =>
        Assert.Equal(ErrorKind.InvalidParameter, Assert.Throws<EngineException>(() => new NetworkFilter(filters)).Kind);

    [Theory]
    [InlineData("{\"type\":[\"odd\"]}")]
    [InlineData("{\"dangling\":[\"maybe\"]}")]
    public void Bad_filter_values_are_refused(string filters)
    {
        using NetworkService service = Start();
        NetworkFilter filter = new(filters);
        Assert.Equal(ErrorKind.InvalidParameter, Assert.Throws<EngineException>(() => service.Networks.Count(filter.Matches)).Kind);
    }

    [Fact]
    public void Names_and_ids_last()
    {
        string id;
        using (NetworkService service = Start())
        {
            id = service.Find("none").Record.Id;
            Assert.Matches("^[0-9a-f]{64}$", id);
        }

        using NetworkService again = Start();
        Assert.Equal(id, again.Find("none").Record.Id);
        Assert.Equal("none", again.Find(id[..6]).Record.Name);
        Assert.Equal("network nothing not found", Assert.Throws<EngineException>(() => again.Find("nothing")).Message);
        Assert.Equal("network  not found", Assert.Throws<EngineException>(() => again.Find("")).Message);
    }

    [Fact]
    public void The_shape_is_dockers()
    {
        using NetworkService service = Start();
        JObject json = JObject.FromObject(NetworkResource.From(service.Find("none"), withContainers: true));
        Assert.Equal("""["Name","Id","Created","Scope","Driver","EnableIPv4","EnableIPv6","IPAM","Internal","Attachable","Ingress","ConfigFrom","ConfigOnly","Containers","Options","Labels"]""",
            new JArray(json.Properties().Select(p => p.Name)).ToString(Newtonsoft.Json.Formatting.None));
        Assert.Equal("null", json["Driver"]!.Value<string>());
        Assert.Equal("""{"Driver":"default","Options":null,"Config":[]}""", json["IPAM"]!.ToString(Newtonsoft.Json.Formatting.None));
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("..")]
    [InlineData("a name")]
    [InlineData("\"; drop")]
    [InlineData("sixteen-letters-")]
    [InlineData("")]
    public void A_bridge_name_that_is_no_link_name_is_refused(string name) =>
        Assert.Equal(ErrorKind.InvalidParameter, Assert.Throws<EngineException>(() =>
            NetworkService.Start(new BridgeOptions { DataDirectory = _data, BridgeName = name })).Kind);

    public void Dispose() => Directory.Delete(_data, recursive: true);

    /// <summary>Without a bridge nothing of the machine is touched.</summary>
    private NetworkService Start() => NetworkService.Start(new BridgeOptions { DataDirectory = _data, BridgeName = BridgeOptions.NoBridge });
}
