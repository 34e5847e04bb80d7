using System.Collections.Concurrent;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Faults;

/// <summary>Requests that meet a daemon on its way out.</summary>
public sealed class StoppingTests(ITestOutputHelper output) : FaultTest(output)
{
    [RootFact]
    public async Task Who_comes_while_it_stops_is_told_so()
    {
        await StartDaemonAsync();
        await StartAsync("trap '' TERM; while :; do sleep 0.1; done", "--name", "slow", "--stop-timeout", "1");
        ConcurrentDictionary<string, int> answers = [];
        using CancellationTokenSource enough = new();
        Task[] clients = [.. Enumerable.Range(0, 4).Select(client => Task.Run(() => ChangeNetworksAsync(client, answers, enough.Token)))];
        await Eventually.HoldsAsync("networks are made", () => answers.GetValueOrDefault("201 ") > 3);

        Assert.Equal(0, await Daemon.StopAsync());
        await enough.CancelAsync();
        await Task.WhenAll(clients);

        Assert.All(answers.Keys, answer => Assert.Contains(answer, (string[])["201 ", "204 ", "503 the daemon is shutting down", "no answer"]));
        await Daemon.StartAsync();
        int left = (await Api.GetJsonAsync("/networks")).Count(network => ((string)network["Name"]!).StartsWith("net-", StringComparison.Ordinal));
        Assert.InRange(left, 0, clients.Length);
        (await DockerAsync("network", "prune", "-f")).Exits(0);
    }

    /// <summary>Makes a network and removes it, again and again.</summary>
    private async Task ChangeNetworksAsync(int client, ConcurrentDictionary<string, int> answers, CancellationToken enough)
    {
        using EngineApi api = new(Daemon.Socket);
        string name = $"net-{client}";
        while (!enough.IsCancellationRequested)
        {
            string made = await AnswerAsync(() => api.PostJsonAsync("/networks/create", new { Name = name }));
            answers.AddOrUpdate(made, 1, static (_, count) => count + 1);
            if (made == "201 ")
            {
                answers.AddOrUpdate(await AnswerAsync(() => api.DeleteAsync($"/networks/{name}")), 1, static (_, count) => count + 1);
            }
        }
    }

    private static async Task<string> AnswerAsync(Func<Task<HttpResponseMessage>> ask)
    {
        try
        {
            using HttpResponseMessage response = await ask();
            return $"{(int)response.StatusCode} {(response.IsSuccessStatusCode ? "" : await EngineApi.ErrorAsync(response, (int)response.StatusCode))}";
        }
        catch (HttpRequestException)
        {
            return "no answer";
        }
    }
}
