using System.Net;
using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Containers.Launching;
using Rtd.Daemon.Containers.Linking;
using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Errors;
using Rtd.Tests.Unit.Containers.Fakes;

namespace Rtd.Tests.Unit.Containers;

public sealed class LinkTests : IDisposable
{
    private readonly ContainerHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public void Environment_is_dockers()
    {
        (int, string)[] ports = [(80, "tcp"), (5432, "tcp"), (5433, "tcp"), (5434, "tcp")];
        string[] told = [.. LinkEnvironment.Of("web", "my-db", IPAddress.Parse("172.17.0.2"), ports, ["FOO=bar", "PATH=/bin", "HOME=/", "EMPTY"])];
        Assert.Equal(
            [
                "MY_DB_PORT=tcp://172.17.0.2:80",
                "MY_DB_PORT_5432_TCP_START=tcp://172.17.0.2:5432", "MY_DB_PORT_5432_TCP_ADDR=172.17.0.2", "MY_DB_PORT_5432_TCP_PROTO=tcp",
                "MY_DB_PORT_5432_TCP_PORT_START=5432", "MY_DB_PORT_5432_TCP_END=tcp://172.17.0.2:5434", "MY_DB_PORT_5432_TCP_PORT_END=5434",
                "MY_DB_PORT_80_TCP=tcp://172.17.0.2:80", "MY_DB_PORT_80_TCP_ADDR=172.17.0.2", "MY_DB_PORT_80_TCP_PORT=80", "MY_DB_PORT_80_TCP_PROTO=tcp",
            ],
            told.Take(11));
        Assert.Equal(["MY_DB_NAME=/web/my-db", "MY_DB_ENV_FOO=bar"], told.TakeLast(2));
        Assert.Equal(["X_NAME=/web/x"], LinkEnvironment.Of("web", "x", IPAddress.Loopback, [], []));
    }

    [Fact]
    public void A_restarted_target_has_its_new_address_in_the_old_ones_place()
    {
        FakeNetworks.FakeEndpoint place = new(new() { ContainerId = "t", Network = "bridge", Address = IPAddress.Parse("172.17.0.9"), AddressV6 = IPAddress.Parse("fd00::9") });
        LinkedContainer link = new("db", new ContainerRecord { Name = "target", Config = new() { Hostname = "box" } }, place);
        Assert.Equal(
            "127.0.0.1\tlocalhost\n172.17.0.9\tdb box target\nfd00::9\tdb box target\n172.17.0.3\tweb\n10.0.0.1 mine\n",
            HostsFile.Relink("127.0.0.1\tlocalhost\n172.17.0.2\tdb box target\n172.17.0.3\tweb\n10.0.0.1 mine\n", link));
        Assert.Equal("127.0.0.1\tlocalhost\n", HostsFile.Relink("127.0.0.1\tlocalhost\n", link));
    }

    [Fact]
    public async Task Link_is_kept_by_id_and_shown_by_present_names()
    {
        string target = await _host.StartAsync("db");
        string id = await _host.CreateAsync("web", host: host => host.Links = ["db:store"]);
        await _host.Service.RenameAsync("db", "other");

        Assert.Equal(["/other:/web/store"], _host.Service.Inspect(id, withSize: false).HostConfig.Links!);
        Assert.Equal(["/other", "/web/store"], _host.Service.List(all: true, 0, withSize: false, null).Single(shown => shown.Id == target).Names);
        await _host.Service.RemoveLinkAsync("web/store");
        Assert.Empty(_host.Service.Get(id).Record.Links);
        Assert.Equal(ErrorKind.NotFound, (await Assert.ThrowsAsync<EngineException>(() => _host.Service.RemoveLinkAsync("web/store"))).Kind);
    }

    [Fact]
    public async Task Faulty_links_are_refused_in_dockers_words()
    {
        await _host.CreateAsync("onhost", host: host => host.NetworkMode = "host");
        await _host.CreateAsync("db");
        await RefusedAsync("could not get container for nothing: No such container: nothing", host => host.Links = ["nothing:x"]);
        await RefusedAsync("could not get container for self: No such container: self", host => host.Links = ["self"]);
        await RefusedAsync("bad format for links: db:x:y", host => host.Links = ["db:x:y"]);
        await RefusedAsync("conflicting options: host type networking can't be used with links. This would result in undefined behavior", host => host.Links = ["onhost"]);
        await RefusedAsync(
            "conflicting options: host type networking can't be used with links. This would result in undefined behavior",
            host => (host.NetworkMode, host.Links) = ("host", ["db"]));
        await RefusedAsync(
            "conflicting options: container type network can't be used with links. This would result in undefined behavior",
            host => (host.NetworkMode, host.Links) = ("container:db", ["db"]));
    }

    [Fact]
    public async Task Start_needs_the_target_running()
    {
        await _host.CreateAsync("db");
        string id = await _host.CreateAsync("web", host: host => host.Links = ["db:store"]);
        EngineException refused = await Assert.ThrowsAsync<EngineException>(() => _host.Service.StartAsync(id));
        Assert.Equal("Cannot link to a non running container: /db AS /web/store", refused.Message);
    }

    [Fact]
    public async Task After_a_crash_the_target_starts_before_who_is_linked_to_it()
    {
        RestartPolicy always = new() { Name = "always" };
        await _host.StartAsync("db", host: host => host.RestartPolicy = always);
        await _host.StartAsync("cache", host: host => (host.RestartPolicy, host.Links) = (always, ["db"]));
        await _host.StartAsync("web", host: host => (host.RestartPolicy, host.Links) = (always, ["cache", "db"]));
        await _host.RestartAsync();

        await _host.Service.StartByPolicyAsync(CancellationToken.None);

        Assert.All(["db", "cache", "web"], name => Assert.Equal(ContainerStatus.Running, _host.State(_host.Service.Get(name).Id).Status));
    }

    private async Task RefusedAsync(string message, Action<HostConfig> change)
    {
        EngineException refused = await Assert.ThrowsAsync<EngineException>(() => _host.CreateAsync("self", host: change));
        Assert.Equal((ErrorKind.InvalidParameter, message), (refused.Kind, refused.Message));
    }
}
