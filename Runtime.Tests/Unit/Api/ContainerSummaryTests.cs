using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Rtd.Daemon.Api;
using Rtd.Daemon.Api.Models;

namespace Rtd.Tests.Unit.Api;

/// <summary>The container list is written by hand: it must be what the models say.</summary>
public sealed class ContainerSummaryTests
{
    public static TheoryData<string> Forms => new("empty", "full");

    [Theory]
    [MemberData(nameof(Forms))]
    public void Is_written_as_the_models_say(string form)
    {
        ContainerSummary summary = form == "empty" ? new ContainerSummary() : Full();

        string written = System.Text.Encoding.UTF8.GetString(Json.Encode(new[] { summary }));

        JToken byModel = JToken.FromObject(summary, JsonSerializer.Create(new JsonSerializerSettings()));
        Assert.Equal(byModel.ToString(), JArray.Parse(written)[0].ToString());
    }

    [Fact]
    public void Every_property_of_the_full_form_has_a_value_of_its_own() =>
        Assert.All(typeof(ContainerSummary).GetProperties(), property => Assert.NotEqual(property.GetValue(new ContainerSummary()), property.GetValue(Full())));

    private static ContainerSummary Full() => new()
    {
        Id = "id",
        Names = ["/a", "/b"],
        Image = "image \"quoted\"",
        ImageID = "sha256:1",
        Command = "sh -c 'é\n'",
        Created = 5,
        Ports = [new PortSummary { IP = "0.0.0.0", PrivatePort = 80, PublicPort = 8080, Type = "tcp" }, new PortSummary { PrivatePort = 81, Type = "udp" }],
        SizeRw = 7,
        SizeRootFs = 8,
        Labels = new() { ["a \"key\""] = "1", ["b"] = "2" },
        State = "running",
        Status = "Up",
        HostConfig = new ContainerSummaryHost { NetworkMode = "bridge", Annotations = new() { ["x"] = "y" } },
        NetworkSettings = new ContainerSummaryNetworks
        {
            Networks = new()
            {
                ["bridge"] = new EndpointSettings
                {
                    IPAMConfig = new EndpointIpamConfig(),
                    Links = ["l"],
                    Aliases = ["a"],
                    MacAddress = "m",
                    DriverOpts = new() { ["o"] = "v" },
                    GwPriority = 3,
                    NetworkID = "n",
                    EndpointID = "e",
                    Gateway = "g",
                    IPAddress = "i",
                    IPPrefixLen = 16,
                    IPv6Gateway = "g6",
                    GlobalIPv6Address = "i6",
                    GlobalIPv6PrefixLen = 64,
                    DNSNames = ["d"],
                },
            },
        },
        Mounts = [new MountPointSummary { Type = "bind", Source = "/s", Destination = "/d" }],
    };
}
