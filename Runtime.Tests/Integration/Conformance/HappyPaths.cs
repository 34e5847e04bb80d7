using System.Net.Http.Headers;
using Newtonsoft.Json.Linq;
using Rtd.Tests.Integration.Hosting;

namespace Rtd.Tests.Integration.Conformance;

/// <summary>Uses of every operation that succeed, in an order in which one makes what the next needs.</summary>
internal sealed class HappyPaths(Driver driver, byte[] rootfs)
{
    /// <summary>A registry, and a server that answers searches.</summary>
    public const string Registry = "127.0.0.1:5000", Index = "127.0.0.1:5001";

    private const string Upgrade = "Connection: Upgrade\r\nUpgrade: tcp\r\n";

    private const string WebSocket = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

    public async Task SystemAsync()
    {
        await driver.OkAsync("GET /_ping", 200);
        await driver.OkAsync("HEAD /_ping", 200);
        await driver.OkAsync("GET /version", 200);
        await driver.OkAsync("GET /info", 200);
        await driver.OkAsync("GET /system/df", 200);
        await driver.OkAsync("GET /system/df", 200, query: "type=container&type=volume");
        await driver.OkAsync("GET /plugins", 200);
        await driver.OkAsync("POST /auth", 200, json: $$"""{"username":"someone","password":"secret","serveraddress":"{{Registry}}"}""");
    }

    public async Task ImagesAsync()
    {
        await driver.OkAsync("POST /images/create", 200, null, "fromSrc=-&repo=imported&changes=CMD%20sh", Archive(rootfs));
        await driver.OkAsync("GET /images/json", 200, query: "shared-size=1&digests=1&manifests=1");
        await driver.OkAsync("GET /images/{name}/json", 200, "imported");
        await driver.OkAsync("GET /images/{name}/json", 200, "busybox:latest");
        await driver.OkAsync("GET /images/{name}/history", 200, "imported");
        await driver.OkAsync("POST /images/{name}/tag", 201, "imported", $"repo={Registry}/shop/app&tag=1");
        await driver.OkAsync("POST /images/{name}/push", 200, $"{Registry}/shop/app", "tag=1");
        await driver.OkAsync("GET /distribution/{name}/json", 200, $"{Registry}/shop/app:1");
        await driver.OkAsync("DELETE /images/{name}", 200, $"{Registry}/shop/app:1");
        await driver.OkAsync("POST /images/create", 200, query: $"fromImage={Registry}/shop/app&tag=1");
        await driver.OkAsync("GET /images/search", 200, query: $"term={Index}/shop");
        await driver.OkAsync("GET /images/{name}/get", 200, "imported");
        await driver.OkAsync("GET /images/get", 200, query: "names=imported&names=busybox");
        await driver.OkAsync("DELETE /images/{name}", 200, "imported", "force=1");
        await driver.OkAsync("DELETE /images/{name}", 200, $"{Registry}/shop/app:1");
        await driver.OkAsync("POST /images/prune", 200, query: """filters={"dangling":["true"]}""");
        byte[] context = ImageArchive.Tar(ImageArchive.File("Dockerfile", "FROM busybox\nLABEL a=b\nCOPY Dockerfile /"));
        await driver.OkAsync("POST /build", 200, null, "t=conform-built&nocache=1&rm=1", Archive(context));
        await driver.OkAsync("GET /system/df", 200);
        await driver.OkAsync("DELETE /images/{name}", 200, "conform-built");
        await driver.OkAsync("POST /build/prune", 200, query: "all=1&keep-storage=0");
    }

    /// <param name="archive">What <c>GET /images/get</c> answers.</param>
    public async Task LoadAsync(byte[] archive) => await driver.OkAsync("POST /images/load", 200, null, "quiet=1", Archive(archive));

    public async Task ContainersAsync()
    {
        string id = await CreateAsync("conform", """
            {"Image":"busybox","Cmd":["sh","-c","echo out; echo err >&2; touch /made; exec sleep 1000"],"Env":["A=b"],"Labels":{"l":"v"},"ExposedPorts":{"80/tcp":{}},
             "Healthcheck":{"Test":["CMD","true"],"Interval":10000000},"Volumes":{"/data":{}},
             "HostConfig":{"PortBindings":{"80/tcp":[{"HostPort":"8091"}]},"Memory":67108864,"Tmpfs":{"/scratch":""},"Binds":["/etc:/host-etc:ro"]}}
            """);
        await driver.OkAsync("GET /containers/{id}/json", 200, id);
        await driver.OkAsync("POST /containers/{id}/start", 204, id);
        await driver.OkAsync("POST /containers/{id}/start", 304, id);
        await HealthyAsync(id);
        await driver.OkAsync("GET /containers/json", 200, query: """size=1&limit=5&filters={"label":["l=v"]}""");
        await driver.OkAsync("GET /containers/{id}/json", 200, id, "size=1");
        await driver.OkAsync("GET /containers/{id}/top", 200, id);
        await driver.OkAsync("GET /containers/{id}/top", 200, id, "ps_args=aux");
        await driver.OkAsync("GET /containers/{id}/logs", 200, id, "stdout=1&stderr=1&timestamps=1&tail=10&since=0");
        await driver.OkAsync("GET /containers/{id}/stats", 200, id, "stream=0");
        await driver.OkAsync("GET /containers/{id}/stats", 200, id, "stream=0&one-shot=1");
        await driver.OkAsync("GET /containers/{id}/changes", 200, id);
        await driver.OkAsync("GET /containers/{id}/export", 200, id);
        await driver.OkAsync("POST /containers/{id}/update", 200, id, json: """{"CpuShares":512,"RestartPolicy":{"Name":"on-failure","MaximumRetryCount":2}}""");
        await driver.OkAsync("POST /containers/{id}/rename", 204, id, "name=renamed");
        await driver.OkAsync("POST /containers/{id}/pause", 204, id);
        await driver.FailsAsync("POST /containers/{id}/pause", 409, id);
        await driver.OkAsync("POST /containers/{id}/unpause", 204, id);
        await driver.FailsAsync("POST /containers/{id}/unpause", 409, id);
        await driver.OkAsync("HEAD /containers/{id}/archive", 200, id, "path=/made");
        await driver.OkAsync("GET /containers/{id}/archive", 200, id, "path=/made");
        await driver.OkAsync("PUT /containers/{id}/archive", 200, id, "path=/tmp", Archive(new byte[1024]));
        await driver.FailsAsync("GET /containers/{id}/archive", 404, id, "path=/nothing/there");
        await driver.OkAsync("POST /containers/{id}/kill", 204, id, "signal=CONT");
        await driver.OkAsync("POST /containers/{id}/restart", 204, id, "t=0");
        await driver.FailsAsync("DELETE /containers/{id}", 409, id);
        await driver.OkAsync("POST /containers/{id}/stop", 204, id, "t=0");
        await driver.OkAsync("POST /containers/{id}/stop", 304, id);
        await driver.FailsAsync("POST /containers/{id}/kill", 409, id);
        await driver.OkAsync("POST /containers/{id}/wait", 200, id, "condition=not-running");
        await driver.OkAsync("POST /containers/{id}/attach", 200, id, "logs=1&stdout=1&stderr=1");
        await driver.OkAsync("POST /commit", 201, query: $"container={id}&repo=committed&comment=c&author=a&changes=ENV%20X%3Dy", json: "{}");
        await driver.OkAsync("DELETE /images/{name}", 200, "committed");
        await driver.OkAsync("DELETE /containers/{id}", 204, id, "v=1");
        await CreateAsync("pruned", """{"Image":"busybox"}""");
        await driver.OkAsync("POST /containers/prune", 200, query: """filters={"until":["0s"]}""");
    }

    public async Task StreamsAsync()
    {
        string id = await CreateAsync("streams", """{"Image":"busybox","Cmd":["cat"],"Tty":true,"OpenStdin":true}""");
        await driver.OkAsync("POST /containers/{id}/start", 204, id);
        await driver.OkAsync("POST /containers/{id}/resize", 200, id, "h=30&w=100");
        await driver.UpgradeAsync("GET /containers/{id}/attach/ws", 101, id, "stream=1&stdout=1&stdin=1", WebSocket);
        string exec = (string)(await driver.OkAsync("POST /containers/{id}/exec", 201, id, json: """{"Cmd":["echo","hello"],"AttachStdout":true,"AttachStderr":true}"""))!["Id"]!;
        string output = await driver.UpgradeAsync("POST /exec/{id}/start", 101, exec, "", Upgrade, "{}");
        if (output != "\u0001\0\0\0\0\0\0\u0006hello\n")
        {
            driver.Fail($"POST /exec/{{id}}/start: its output is {output}");
        }

        await driver.OkAsync("GET /exec/{id}/json", 200, exec);
        string detached = (string)(await driver.OkAsync("POST /containers/{id}/exec", 201, id, json: """{"Cmd":["sleep","1000"],"Tty":true}"""))!["Id"]!;
        await driver.OkAsync("POST /exec/{id}/start", 200, detached, json: """{"Detach":true,"Tty":true}""");
        await driver.FailsAsync("POST /exec/{id}/start", 409, detached, json: """{"Detach":true}""");
        await driver.OkAsync("POST /exec/{id}/resize", 200, detached, "h=30&w=100");
        await driver.OkAsync("GET /exec/{id}/json", 200, detached);
        await driver.OkAsync("POST /containers/{id}/kill", 204, id);
        await driver.OkAsync("POST /containers/{id}/wait", 200, id);
        await driver.FailsAsync("POST /containers/{id}/exec", 409, id, json: """{"Cmd":["true"]}""");
        await driver.OkAsync("DELETE /containers/{id}", 204, id);
    }

    public async Task VolumesAsync()
    {
        await driver.OkAsync("POST /volumes/create", 201, json: """{"Name":"kept","Labels":{"l":"v"},"DriverOpts":{}}""");
        await driver.OkAsync("GET /volumes", 200, query: """filters={"label":["l=v"]}""");
        await driver.OkAsync("GET /volumes/{name}", 200, "kept");
        string id = await CreateAsync("user", """{"Image":"busybox","HostConfig":{"Mounts":[{"Type":"volume","Source":"kept","Target":"/v"}]}}""");
        await driver.FailsAsync("DELETE /volumes/{name}", 409, "kept");
        await driver.OkAsync("GET /system/df", 200);
        await driver.OkAsync("DELETE /containers/{id}", 204, id);
        await driver.OkAsync("DELETE /volumes/{name}", 204, "kept");
        await driver.OkAsync("POST /volumes/prune", 200, query: """filters={"all":["true"]}""");
    }

    public async Task NetworksAsync()
    {
        JToken? made = await driver.OkAsync("POST /networks/create", 201, json: """
            {"Name":"conform","Driver":"bridge","Internal":true,"Labels":{"l":"v"},"IPAM":{"Config":[{"Subnet":"10.91.0.0/24","Gateway":"10.91.0.1"}]}}
            """);
        string network = (string)made!["Id"]!;
        string id = await CreateAsync("member", """{"Image":"busybox","Cmd":["sleep","1000"]}""");
        await driver.OkAsync("POST /containers/{id}/start", 204, id);
        await driver.OkAsync("POST /networks/{id}/connect", 200, network, json: $$"""{"Container":"{{id}}","EndpointConfig":{"Aliases":["other"],"IPAMConfig":{"IPv4Address":"10.91.0.9"} } }""");
        await driver.OkAsync("GET /networks", 200, query: """filters={"label":["l=v"]}""");
        await driver.OkAsync("GET /networks", 200);
        await driver.OkAsync("GET /networks/{id}", 200, network, "verbose=1");
        await driver.OkAsync("GET /containers/{id}/json", 200, id);
        await driver.FailsAsync("DELETE /networks/{id}", 403, network);
        await driver.FailsAsync("DELETE /networks/{id}", 403, "bridge");
        await driver.OkAsync("POST /networks/{id}/disconnect", 200, network, json: $$"""{"Container":"{{id}}","Force":true}""");
        await driver.OkAsync("DELETE /containers/{id}", 204, id, "force=1");
        await driver.OkAsync("DELETE /networks/{id}", 204, network);
        await driver.OkAsync("POST /networks/create", 201, json: """{"Name":"pruned"}""");
        await driver.OkAsync("POST /networks/prune", 200, query: "");
    }

    /// <summary>Everything that has happened, as messages of their own.</summary>
    public async Task EventsAsync()
    {
        JToken? events = await driver.OkAsync("GET /events", 200, query: $"since=1&until={DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 1}");
        string[] types = [.. (events ?? new JArray()).Select(happened => (string)happened["Type"]!).Distinct().Order()];
        if (!types.SequenceEqual(["container", "image", "network", "volume"]))
        {
            driver.Fail($"GET /events: of {string.Join(", ", types)} only");
        }
    }

    public async Task<string> CreateAsync(string name, string body) =>
        (string?)(await driver.OkAsync("POST /containers/create", 201, query: $"name={name}", json: body))?["Id"] ?? throw new InvalidOperationException(string.Join('\n', driver.Failures));

    private async Task HealthyAsync(string id) => await Eventually.HoldsAsync("the container is healthy", async () =>
        (string?)(await driver.OkAsync("GET /containers/{id}/json", 200, id))?.SelectToken("State.Health.Status") == "healthy");

    private static ByteArrayContent Archive(byte[] bytes) => new(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-tar") } };
}
