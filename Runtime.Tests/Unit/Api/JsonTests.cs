using System.Text;
using Rtd.Daemon.Api;
using Xunit;

namespace Rtd.Tests.Unit.Api;

public sealed class JsonTests
{
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
