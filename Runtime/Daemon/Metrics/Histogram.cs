using System.Diagnostics;

namespace Rtd.Daemon.Metrics;

/// <summary>Durations of actions, counted in the buckets of Prometheus' client libraries.</summary>
/// <param name="label">What tells the series apart.</param>
internal sealed class Histogram(string name, string help, string label, params IReadOnlyList<string> values)
{
    private static readonly double[] s_bounds = [.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10];

    private readonly Dictionary<string, Series> _series = values.ToDictionary(value => value, _ => new Series());

    /// <summary>Counts an action that ends now.</summary>
    /// <param name="began">Of <see cref="Stopwatch.GetTimestamp"/>.</param>
    public void Since(string value, long began) => Observe(value, Stopwatch.GetElapsedTime(began));

    public void Observe(string value, TimeSpan time) => _series[value].Observe(time);

    public void Write(MetricsWriter writer)
    {
        writer.Family(name, help, "histogram");
        foreach ((string value, Series series) in _series)
        {
            series.Write(writer, name, (label, value));
        }
    }

    private sealed class Series
    {
        private readonly long[] _counts = new long[s_bounds.Length + 1];
        private long _ticks;

        public void Observe(TimeSpan time)
        {
            int bucket = Array.FindIndex(s_bounds, bound => time.TotalSeconds <= bound);
            Interlocked.Increment(ref _counts[bucket < 0 ? s_bounds.Length : bucket]);
            Interlocked.Add(ref _ticks, time.Ticks);
        }

        public void Write(MetricsWriter writer, string name, (string, string) label)
        {
            long sum = 0;
            for (int i = 0; i < _counts.Length; i++)
            {
                sum += Interlocked.Read(ref _counts[i]);
                writer.Sample(name + "_bucket", sum, label, ("le", i == s_bounds.Length ? "+Inf" : MetricsWriter.Number(s_bounds[i])));
            }

            writer.Sample(name + "_sum", TimeSpan.FromTicks(Interlocked.Read(ref _ticks)).TotalSeconds, label);
            writer.Sample(name + "_count", sum, label);
        }
    }
}
