using System.Diagnostics;
using System.Globalization;
using Newtonsoft.Json.Linq;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Scale;

/// <summary>Many a container's whole life, as <c>run --rm</c> has it: nothing that the daemon takes of the machine grows with them.</summary>
[Collection(Heavy.Name)]
public sealed class SoakTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    private const int Samples = 20, SideBySide = 2;

    private readonly ITestOutputHelper _output = output;

    [RootTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Daemon_does_not_grow(bool liveRestore)
    {
        await RestartAsync(liveRestore);
        List<SoakSample> samples = [];
        Stopwatch watch = Stopwatch.StartNew();
        int step = Math.Max(1, Amount.Cycles / Samples);
        for (int cycle = 0; cycle < Amount.Cycles; cycle += step)
        {
            await Task.WhenAll(Enumerable.Range(0, SideBySide).Select(lane => RunAsync(Enumerable.Range(cycle, step).Count(number => number % SideBySide == lane))));
            samples.Add(await AtRestAsync(cycle + step));
            Write(samples[^1].ToString());
        }

        Write(string.Create(CultureInfo.InvariantCulture, $"live restore {(liveRestore ? "on" : "off")}: {Amount.Cycles} cycles in {watch.Elapsed.TotalSeconds:F0} s"));
        IsFlat(samples[(samples.Count / 2)..]);
        await RestartAsync(liveRestore: false);
        await Fixture.RebaseAsync();
    }

    private async Task RestartAsync(bool liveRestore)
    {
        await Daemon.StopAsync();
        await File.WriteAllTextAsync(Daemon.ConfigFile, liveRestore ? """{"live-restore":true}""" : "{}");
        await Daemon.StartAsync();
    }

    private async Task RunAsync(int count)
    {
        for (int number = 0; number < count; number++)
        {
            using HttpResponseMessage created = await Api.PostJsonAsync("/containers/create", new { Image = "busybox", Cmd = (string[])["echo", "hello"], HostConfig = new { AutoRemove = true } });
            string id = (string)JObject.Parse(await created.Content.ReadAsStringAsync())["Id"]!;

            // With the head of its answer the wait has begun.
            using HttpRequestMessage wait = new(HttpMethod.Post, $"/containers/{id}/wait?condition=removed");
            using HttpResponseMessage removed = await Api.SendAsync(wait);
            using HttpResponseMessage started = await Api.PostAsync($"/containers/{id}/start");
            Assert.True(started.IsSuccessStatusCode, await started.Content.ReadAsStringAsync());
            Assert.Equal(0, (int)JObject.Parse(await removed.Content.ReadAsStringAsync())["StatusCode"]!);
        }
    }

    /// <summary>Links and files go a moment after the answer: the lowest of a few samples counts.</summary>
    private async Task<SoakSample> AtRestAsync(int cycle)
    {
        SoakSample lowest = SoakSample.Take(Daemon, cycle);
        for (int number = 0; number < 5; number++)
        {
            await Task.Delay(50);
            SoakSample next = SoakSample.Take(Daemon, cycle);
            lowest = next.Counts().Sum(count => count.Value) < lowest.Counts().Sum(count => count.Value) ? next : lowest;
        }

        return lowest;
    }

    /// <summary>
    /// By the line of least squares through the second half, after which a thing has no reason to grow: counts by less than a few whole ones (threads of
    /// the pool come and go), memory by less than a collector may put off. In a short run that is more: what is used for the first time is still being
    /// touched (or compiled, in a daemon that is not native), and only gross growth shows.
    /// </summary>
    private static void IsFlat(IReadOnlyList<SoakSample> half)
    {
        const int LongRun = 2000, PutOff = 8 << 10, FirstUse = 32 << 10, DiskSlack = 1 << 10, CountSlack = 4, ThreadSlack = 24; // KiB, and numbers
        double memory = Growth(half.Select(sample => (double)sample.Memory));
        Assert.True(memory < (Amount.Cycles < LongRun ? FirstUse : PutOff), $"memory grows by {memory:F0} KiB");
        double disk = Growth(half.Select(sample => (double)sample.Disk));
        Assert.True(disk < DiskSlack, $"the disk fills by {disk:F0} KiB");
        foreach (string name in half[0].Counts().Select(count => count.Name))
        {
            double growth = Growth(half.Select(sample => (double)sample.Counts().Single(count => count.Name == name).Value));
            Assert.True(growth < (name == "threads" ? ThreadSlack : CountSlack), $"{name} grow by {growth:F1}");
        }
    }

    /// <summary>From the first value to the last, along the line of least squares.</summary>
    private static double Growth(IEnumerable<double> values)
    {
        double[] all = [.. values];
        double meanX = (all.Length - 1) / 2.0, meanY = all.Average();
        double slope = all.Select((value, x) => (x - meanX) * (value - meanY)).Sum() / all.Select((_, x) => (x - meanX) * (x - meanX)).Sum();
        return slope * (all.Length - 1);
    }

    private void Write(string line)
    {
        _output.WriteLine(line);
        if (Environment.GetEnvironmentVariable("RTD_TEST_REPORT") is { } report)
        {
            File.AppendAllText(report, line + "\n");
        }
    }
}
