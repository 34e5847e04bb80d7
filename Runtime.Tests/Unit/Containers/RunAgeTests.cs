using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Containers.Validation;

namespace Rtd.Tests.Unit.Containers;

/// <summary>The wall clock jumps; what is reckoned by durations does not.</summary>
public sealed class RunAgeTests
{
    private static readonly DateTimeOffset s_start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Theory]
    [InlineData(-3650)]
    [InlineData(3650)]
    public void Jumps_of_the_clock_do_not_count(int days)
    {
        Clock clock = new() { Wall = s_start };
        RunAge age = new(s_start, clock);
        clock.Wall += TimeSpan.FromDays(days);
        clock.Pass(TimeSpan.FromSeconds(7));
        Assert.Equal(TimeSpan.FromSeconds(7), age.Value);
        Assert.Equal(s_start + TimeSpan.FromDays(days), age.Beginning);

        // Not long enough for the back-off to begin anew, and then it is.
        Assert.Equal(TimeSpan.FromSeconds(2), RestartRules.NextDelay(TimeSpan.FromSeconds(1), age.Value));
        clock.Pass(TimeSpan.FromSeconds(4));
        Assert.Equal(TimeSpan.FromMilliseconds(100), RestartRules.NextDelay(TimeSpan.FromSeconds(1), age.Value));
    }

    [Fact]
    public void Run_of_a_former_daemon_is_as_old_as_it_says()
    {
        Clock clock = new() { Wall = s_start + TimeSpan.FromMinutes(3) };
        RunAge age = new(s_start, clock);
        clock.Pass(TimeSpan.FromMinutes(1));
        Assert.Equal(TimeSpan.FromMinutes(4), age.Value);
    }

    [Fact]
    public void Run_that_begins_in_the_future_is_new()
    {
        Clock clock = new() { Wall = s_start - TimeSpan.FromDays(1) };
        Assert.Equal(TimeSpan.Zero, new RunAge(s_start, clock).Value);
    }

    private sealed class Clock : TimeProvider
    {
        private long _timestamp;

        public DateTimeOffset Wall { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Pass(TimeSpan time)
        {
            Wall += time;
            _timestamp += time.Ticks;
        }

        public override DateTimeOffset GetUtcNow() => Wall;

        public override long GetTimestamp() => _timestamp;
    }
}
