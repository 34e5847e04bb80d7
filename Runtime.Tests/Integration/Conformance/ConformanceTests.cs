using System.Text;
using Rtd.Tests.Integration.EndToEnd.Images;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.Conformance;

/// <summary>Every operation of the API: its use, an unknown id, bad parameters, malformed bodies. Without the contract at hand schemas are not checked; all else is.</summary>
public sealed class ConformanceTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    private const string Newest = "1.51", NoSuchId = "no-such-thing";

    private static readonly string[] s_malformed = ["{\"a\":", "not json", "[1]", "\"text\""];

    private readonly ITestOutputHelper _output = output;

    public static TheoryData<string> Versions { get; } = ["1.24", "1.30", "1.40", "1.41", "1.44", Newest];

    /// <summary>The contract is in the tree's neighbourhood wherever the suite counts; elsewhere this says so by being skipped.</summary>
    [ContractFact]
    public void List_of_operations_is_the_contracts()
    {
        Assert.Equal(Contract.Instance!.Operations.Order(), Operations.All.Select(operation => operation.Name).Order());
        Assert.DoesNotContain(Operations.All, operation => operation.BadQueries.Length > 0 && !Contract.Instance.Takes(operation.Name, "query"));
        Assert.DoesNotContain(Operations.All, operation => operation.Body is not null && !Contract.Instance.Takes(operation.Name, "body"));
    }

    [RegistryTheory]
    [MemberData(nameof(Versions))]
    public async Task Every_operation_does_its_work(string version)
    {
        using RegistryServer registry = await RegistryServer.StartAsync(Host, HappyPaths.Registry);
        using Server index = await StartIndexAsync();
        Driver driver = new(Api, version);

        // Of a layer of its own: where a layer has been pushed to is remembered with it, as long as it is there.
        HappyPaths paths = new(driver, ImageArchive.Tar(ImageArchive.Busybox()));
        using HttpResponseMessage saved = await Api.GetAsync("/images/busybox/get");

        await paths.SystemAsync();
        await paths.ImagesAsync();
        await paths.LoadAsync(await saved.Content.ReadAsByteArrayAsync());
        await paths.ContainersAsync();
        await paths.StreamsAsync();
        await paths.VolumesAsync();
        await paths.NetworksAsync();
        await paths.EventsAsync();

        string[] missing = [.. Operations.All.Where(operation => operation.Always is null && !driver.Driven.Contains(operation.Name)).Select(operation => operation.Name)];
        Report(driver, [.. missing.Except(["GET /plugins/{name}/json"]).Select(name => $"{name}: never used")]);
    }

    [RootTheory]
    [MemberData(nameof(Versions))]
    public async Task Unknown_ids_are_not_found(string version)
    {
        Driver driver = new(Api, version);
        foreach (Operation operation in Operations.All.Where(operation => operation.HasId && operation.Always is null && !operation.Name.StartsWith("GET /distribution", StringComparison.Ordinal)))
        {
            await driver.FailsAsync(operation.Name, operation.Unknown, NoSuchId, operation.Query, operation.Body);
        }

        await driver.FailsAsync("POST /containers/create", 404, json: """{"Image":"no-such-image"}""");
        await driver.FailsAsync("POST /commit", 404, query: $"container={NoSuchId}");
        Report(driver, []);
    }

    [RootTheory]
    [MemberData(nameof(Versions))]
    public async Task Bad_parameters_are_refused(string version)
    {
        Driver driver = new(Api, version);
        await using Objects objects = await Objects.MakeAsync(Api);
        foreach (Operation operation in Operations.All)
        {
            foreach (string query in operation.BadQueries.Where(query => operation.IsLookedAt(query, version)))
            {
                string asked = query.Replace("=ID", $"={objects.Container}", StringComparison.Ordinal);
                await driver.FailsAsync(operation.Name, 400, objects.For(operation), asked, operation.Body?.Replace("ID", objects.Container, StringComparison.Ordinal));
            }
        }

        Report(driver, []);
    }

    [RootTheory]
    [MemberData(nameof(Versions))]
    public async Task Malformed_bodies_are_refused(string version)
    {
        Driver driver = new(Api, version);
        await using Objects objects = await Objects.MakeAsync(Api);
        foreach (Operation operation in Operations.All.Where(operation => operation.Body is not null))
        {
            foreach (string body in s_malformed)
            {
                await driver.FailsAsync(operation.Name, 400, objects.For(operation), operation.Query, body);
            }

            await driver.FailsAsync(operation.Name, 400, objects.For(operation), operation.Query, content: new StringContent(operation.Body!, Encoding.UTF8, "text/plain"));
        }

        Report(driver, []);
    }

    [RootTheory]
    [MemberData(nameof(Versions))]
    public async Task What_is_not_here_says_so(string version)
    {
        Driver driver = new(Api, version);
        foreach (Operation operation in Operations.All.Where(operation => operation.Always is not null))
        {
            string? body = operation.Method == "POST" ? "{}" : null;
            await driver.FailsAsync(operation.Name, operation.Always!.Value, operation.HasId ? "some" : null, operation.Query, body);
        }

        Report(driver, []);
    }

    private void Report(Driver driver, IReadOnlyList<string> more)
    {
        string[] all = [.. driver.Failures.Distinct(), .. more];
        _output.WriteLine(Contract.Instance is null ? "the contract is not here: no schema was checked" : "schemas were checked");
        Assert.True(all.Length == 0, string.Join('\n', all));
    }

    /// <summary>A server that answers every search with one repository.</summary>
    private async Task<Server> StartIndexAsync()
    {
        string pages = Path.Combine(Host.Root, "index", "v1");
        Directory.CreateDirectory(pages);
        await File.WriteAllTextAsync(Path.Combine(pages, "_ping"), "true");
        await File.WriteAllTextAsync(
            Path.Combine(pages, "search"),
            """{"num_results":1,"query":"shop","results":[{"name":"shop/app","description":"a shop","star_count":3,"is_official":false,"is_automated":false}]}""");
        Server server = new(Host.Inside("busybox", "httpd", "-f", "-p", HappyPaths.Index, "-h", Path.GetDirectoryName(pages)!));
        await Eventually.HoldsAsync("the index answers", async () => (await Host.RunAsync("busybox", "wget", "-qO-", $"http://{HappyPaths.Index}/v1/_ping")).ExitCode == 0);
        return server;
    }
}
