using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Containers;
using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Errors;
using Rtd.Tests.Unit.Containers.Fakes;

namespace Rtd.Tests.Unit.Containers;

public sealed class ListTests : IDisposable
{
    private readonly ContainerHost _host = new();

    public void Dispose() => _host.Dispose();

    [Theory]
    [InlineData(null, "run")]
    [InlineData("""{"status": ["exited"]}""", "end")]
    [InlineData("""{"status": {"created": true, "running": true}}""", "run,new")]
    [InlineData("""{"name": ["^r"]}""", "run")]
    [InlineData("""{"name": ["/run"]}""", "run")]
    [InlineData("""{"label": ["color=red"]}""", "run")]
    [InlineData("""{"label": ["color"], "status": ["created"]}""", "new")]
    [InlineData("""{"label": ["color", "size"]}""", "")]
    [InlineData("""{"ancestor": ["busybox"]}""", "run")]
    [InlineData("""{"ancestor": ["none"]}""", "")]
    [InlineData("""{"volume": ["named"]}""", "run")]
    [InlineData("""{"network": ["bridge"]}""", "run")]
    [InlineData("""{"network": ["none"]}""", "")]
    [InlineData("""{"publish": ["80"]}""", "run")]
    [InlineData("""{"publish": ["81-90/tcp"]}""", "")]
    [InlineData("""{"health": ["none"]}""", "run")]
    public async Task Filters_choose(string? filters, string names)
    {
        await MakeAsync();
        Assert.Equal(names, string.Join(',', List(all: false, filters).Order().Reverse()));
    }

    [Fact]
    public async Task All_limit_before_and_since()
    {
        await MakeAsync();
        Assert.Equal(["new", "end", "run"], List(all: true, null));
        Assert.Equal(["new", "end"], [.. _host.Service.List(all: false, limit: 2, withSize: false, null).Select(Name)]);
        Assert.Equal(["run"], List(all: true, """{"before": ["end"]}"""));
        Assert.Equal(["new"], List(all: true, """{"since": ["end"]}"""));
        Assert.Equal(["end"], List(all: true, """{"exited": ["5"]}"""));
    }

    [Theory]
    [InlineData("""{"nonsense": ["x"]}""", "invalid filter 'nonsense'")]
    [InlineData("""{"status": ["asleep"]}""", "invalid filter 'status=asleep'")]
    [InlineData("""{"exited": ["x"]}""", "invalid filter 'exited=x'")]
    [InlineData("""{"before": ["x"]}""", "No such container: x")]
    public void Filters_are_checked(string filters, string message) => Assert.Equal(message, Assert.Throws<EngineException>(() => List(all: false, filters)).Message);

    [Fact]
    public async Task Line_has_what_docker_ps_shows()
    {
        string id = await _host.StartAsync("web", config => config.Cmd = ["sh", "-c", "sleep 1"], host => host.PortBindings = new() { ["80/tcp"] = [new() { Port = "8080" }] });
        ContainerSummary line = Assert.Single(_host.Service.List(all: false, limit: 0, withSize: true, null));
        Assert.Equal((id, "busybox", FakeImages.Id, "sh -c 'sleep 1'", "running"), (line.Id, line.Image, line.ImageID, line.Command, line.State));
        Assert.Equal(["/web"], line.Names);
        Assert.StartsWith("Up ", line.Status, StringComparison.Ordinal);
        Assert.Equal((42L, 1042L), (line.SizeRw!.Value, line.SizeRootFs!.Value));
        PortSummary port = Assert.Single(line.Ports);
        Assert.Equal(("0.0.0.0", 80, 8080, "tcp"), (port.IP, port.PrivatePort, port.PublicPort, port.Type));
        Assert.Equal("172.17.0.2", line.NetworkSettings.Networks["bridge"].IPAddress);
    }

    [Fact]
    public void Status_is_worded()
    {
        DateTimeOffset now = DateTimeOffset.UnixEpoch.AddDays(1);
        ContainerState state = new() { StartedAt = now.AddMinutes(-5), FinishedAt = now.AddSeconds(-2), ExitCode = 3 };
        Assert.Equal("Up 5 minutes", Text(ContainerStatus.Running));
        Assert.Equal("Up 5 minutes (Paused)", Text(ContainerStatus.Paused));
        Assert.Equal("Exited (3) 2 seconds ago", Text(ContainerStatus.Exited));
        Assert.Equal("Restarting (3) 2 seconds ago", Text(ContainerStatus.Restarting));
        Assert.Equal("Created", Text(ContainerStatus.Created));
        Assert.Equal("Dead", Text(ContainerStatus.Dead));

        string Text(ContainerStatus status) => ContainerStatusText.Format(state with { Status = status }, now);
    }

    [Fact]
    public async Task Containers_are_found_by_id_prefix_and_name()
    {
        string id = await _host.CreateAsync("web");
        Assert.Equal(id, _host.Service.Get(id).Id);
        Assert.Equal(id, _host.Service.Get(id[..12]).Id);
        Assert.Equal(id, _host.Service.Get("/web").Id);
        Assert.Equal("No such container: nope", Assert.Throws<EngineException>(() => _host.Service.Get("nope")).Message);
        Assert.Equal(ErrorKind.InvalidParameter, Assert.Throws<EngineException>(() => _host.Service.Get("")).Kind);
    }

    [Fact]
    public async Task Ambiguous_prefix_is_said()
    {
        // Seventeen ids have two with the same first digit.
        for (int count = 0; count < 17; count++)
        {
            await _host.CreateAsync();
        }

        string prefix = _host.Service.All.GroupBy(container => container.Id[..1]).First(group => group.Count() > 1).Key;
        EngineException error = Assert.Throws<EngineException>(() => _host.Service.Get(prefix));
        Assert.Equal((ErrorKind.InvalidParameter, $"multiple IDs found with provided prefix: {prefix}"), (error.Kind, error.Message));
    }

    private static string Name(ContainerSummary line) => line.Names[0][1..];

    private string[] List(bool all, string? filters) => [.. _host.Service.List(all, limit: 0, withSize: false, filters).Select(Name)];

    private async Task MakeAsync()
    {
        await _host.StartAsync("run", config => config.Labels = new() { ["color"] = "red" }, host => (host.Binds, host.PortBindings) = (["named:/a"], new() { ["80/tcp"] = [new()] }));
        await _host.EndAsync(await _host.StartAsync("end", host: host => host.NetworkMode = "none"), 5);
        await _host.CreateAsync("new", config => config.Labels = new() { ["color"] = "blue" });
    }
}
