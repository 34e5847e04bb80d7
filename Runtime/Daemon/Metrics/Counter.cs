namespace Rtd.Daemon.Metrics;

/// <summary>A number that only grows.</summary>
internal sealed class Counter(string name, string help)
{
    private long _value;

    public long Value => Interlocked.Read(ref _value);

    public void Add(long count = 1) => Interlocked.Add(ref _value, count);

    public void Write(MetricsWriter writer)
    {
        writer.Family(name, help, "counter");
        writer.Sample(name, Value);
    }
}
