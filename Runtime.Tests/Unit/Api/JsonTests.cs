using System.Text;
using Rtd.Daemon.Api;
using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Errors;
using Xunit;

namespace Rtd.Tests.Unit.Api;

public sealed class JsonTests
{
    [Theory]
    [InlineData("""{"Cmd": ["a", null]}""")]
    [InlineData("""{"HostConfig": {"Devices": [{}, null]}}""")]
    [InlineData("""{"HostConfig": {"DeviceRequests": [{"Capabilities": [[null]]}]}}""")]
    public void Null_in_a_list_is_refused(string document) => Assert.StartsWith(
        "invalid JSON: a list holds null",
        Assert.Throws<EngineException>(() => Json.Decode<ContainerCreateRequest>(Encoding.UTF8.GetBytes(document))).Message);

    [Fact]
    public void Null_elsewhere_is_as_if_nothing_was_said()
    {
        ContainerCreateRequest request = Json.Decode<ContainerCreateRequest>("""{"Cmd": null, "Labels": {"a": null, "b": "c"}, "ExposedPorts": {"80/tcp": null}, "HostConfig": {"Binds": null, "Memory": null}}"""u8);

        Assert.Equal([("a", ""), ("b", "c")], request.Config.Labels!.Select(label => (label.Key, label.Value)));
        Assert.Null(request.HostConfig.Binds);
    }

    [Fact]
    public void Maps_are_written_in_byte_order_at_every_depth()
    {
        Dictionary<string, object?> document = new()
        {
            ["b"] = new Dictionary<string, string?> { ["z"] = "1", ["Z"] = null, ["a"] = "ä" },
            ["a"] = new[] { new Dictionary<string, int> { ["2"] = 2, ["10"] = 10 } },
        };

        Assert.Equal("{\"a\":[{\"10\":10,\"2\":2}],\"b\":{\"Z\":null,\"a\":\"ä\",\"z\":\"1\"}}\n", Encoding.UTF8.GetString(Json.Encode(document)));
    }
}
