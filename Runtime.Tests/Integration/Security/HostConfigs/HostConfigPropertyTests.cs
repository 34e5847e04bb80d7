using Newtonsoft.Json.Linq;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.Security.HostConfigs;

/// <summary>Whatever a client sends gets an answer: yes, or a clear no. Never an error of the daemon's own, and never anything left behind.</summary>
public sealed class HostConfigPropertyTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    private const int OneStartIn = 8;
    private const int OneUpdateIn = 3;
    private const int MostFailures = 20;

    private readonly List<string> _failures = [];
    private readonly SortedDictionary<string, int> _answers = [];

    [RootFact]
    public async Task Random_host_configs_are_taken_or_refused()
    {
        int seed = Amount.Seed;
        string directory = Path.Combine(Host.Root, "bound");
        Directory.CreateDirectory(directory);
        HostConfigGenerator generator = new(seed, directory, Host.CgroupParent);
        for (int number = 0; number < Amount.HostConfigs && _failures.Count < MostFailures; number++)
        {
            JObject body = generator.Create();
            bool starts = generator.Chance(OneStartIn), updates = generator.Chance(OneUpdateIn);
            JObject update = generator.Update();
            if (await SendAsync("create", "/containers/create", body) is not { } created)
            {
                continue;
            }

            string path = $"/containers/{(string)created["Id"]!}";
            if (starts && await SendAsync("start", $"{path}/start", null, body) is not null && updates)
            {
                // A live one, if it has not ended yet.
                await SendAsync("update", $"{path}/update", update, body);
            }
            else if (updates)
            {
                await SendAsync("update", $"{path}/update", update, body);
            }

            using HttpResponseMessage removed = await Api.DeleteAsync($"{path}?force=1&v=1");
            Note("remove", (int)removed.StatusCode, await removed.Content.ReadAsStringAsync(), body, (int)removed.StatusCode is 204 or 404 or 409);
        }

        await Api.PingAsync();
        string answers = string.Join(", ", _answers.Select(answer => $"{answer.Key}: {answer.Value}"));
        Assert.True(_failures.Count == 0, $"seed {seed}; {answers}\n{string.Join('\n', _failures)}");

        // A generator that only makes what is refused, or nothing that is, would show nothing.
        Assert.All((string[])["create 201", "create 400", "start 204", "update 200", "update 400"], answer => Assert.True(_answers.ContainsKey(answer), $"seed {seed}; no {answer}: {answers}"));
        await Eventually.HoldsAsync("no container is left", async () => !(await Api.GetJsonAsync("/containers/json?all=1")).HasValues);
        (await DockerAsync("volume", "prune", "-af")).Exits(0);
        Assert.Empty((await DockerAsync("volume", "ls", "-q")).Exits(0).Lines);
        Directory.Delete(directory, recursive: true);

        // A parent that a client names is the client's.
        foreach (string parent in Host.CgroupDirectories.Select(cgroup => Path.Combine(cgroup, "containers", "deeper")).Where(Directory.Exists))
        {
            Directory.Delete(parent);
        }
    }

    /// <summary>The answer's body when it is a success; null when it was refused, as it should be or not.</summary>
    private async Task<JToken?> SendAsync(string what, string path, JObject? body, JObject? made = null)
    {
        using HttpResponseMessage response = body is null ? await Api.PostAsync(path) : await Api.PostTextAsync(path, body.ToString());
        int status = (int)response.StatusCode;
        string text = await response.Content.ReadAsStringAsync();
        bool succeeded = status is >= 200 and < 300;
        bool clear = succeeded || (status is >= 400 and < 500 && IsClear(text));
        Note(what, status, text, body is null ? made! : made is null ? body : new JObject { ["made"] = made, ["update"] = body }, clear);
        return !succeeded ? null : text.Length > 0 ? JToken.Parse(text) : new JObject();
    }

    /// <summary>One line that says something, and nothing of our insides.</summary>
    private static bool IsClear(string text)
    {
        string? message = JObject.Parse(text).Value<string>("message");
        return message is { Length: > 5 } && !message.Contains("Exception", StringComparison.Ordinal) && !message.Contains("   at ", StringComparison.Ordinal) && !message.Contains('\n');
    }

    private void Note(string what, int status, string answer, JObject body, bool good)
    {
        string key = $"{what} {status}";
        _answers[key] = _answers.GetValueOrDefault(key) + 1;
        if (!good)
        {
            _failures.Add($"{key}: {answer.Trim()}\n  {Shortened(body.ToString(Newtonsoft.Json.Formatting.None))}");
        }
    }

    private static string Shortened(string text) => text.Length < 2000 ? text : text[..2000] + "…";
}
