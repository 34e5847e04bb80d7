using System.Buffers;
using System.Text;
using Rtd.Daemon.Containers.Text;
using Rtd.Daemon.Errors;

namespace Rtd.Tests.Unit.Containers;

public sealed class TextTests
{
    [Theory]
    [InlineData("SIGTERM", 15)]
    [InlineData("term", 15)]
    [InlineData("9", 9)]
    [InlineData("RTMIN", 34)]
    [InlineData("SIGRTMIN+3", 37)]
    [InlineData("RTMAX-1", 63)]
    [InlineData("64", 64)]
    public void Signal_is_read(string text, int number) => Assert.Equal(number, Signals.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("65")]
    [InlineData("-9")]
    [InlineData("SIGFOO")]
    [InlineData("RTMIN+40")]
    [InlineData("RTMAX+1")]
    [InlineData("RTMIN-1")]
    public void Signal_is_refused(string text)
    {
        EngineException error = Assert.Throws<EngineException>(() => Signals.Parse(text));
        Assert.Equal((ErrorKind.InvalidParameter, $"invalid signal: {text}"), (error.Kind, error.Message));
    }

    [Theory]
    [InlineData(0.4, "Less than a second")]
    [InlineData(1.2, "1 second")]
    [InlineData(59, "59 seconds")]
    [InlineData(61, "About a minute")]
    [InlineData(300, "5 minutes")]
    [InlineData(3600, "About an hour")]
    [InlineData(2 * 3600, "2 hours")]
    [InlineData(47 * 3600, "47 hours")]
    [InlineData(3 * 86400, "3 days")]
    [InlineData(15 * 86400, "2 weeks")]
    [InlineData(70 * 86400, "2 months")]
    [InlineData(800 * 86400, "2 years")]
    public void Duration_is_worded(double seconds, string words) => Assert.Equal(words, HumanDuration.Format(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void Time_is_printed_as_go_does()
    {
        DateTimeOffset time = new DateTimeOffset(2020, 1, 2, 3, 4, 5, TimeSpan.FromHours(1)).AddTicks(1_200_000);
        Assert.Equal("2020-01-02T02:04:05.12Z", Timestamps.Format(time));
        ArrayBufferWriter<byte> fixedLength = new();
        Timestamps.WriteFixed(fixedLength, time);
        Assert.Equal("2020-01-02T02:04:05.120000000Z", Encoding.ASCII.GetString(fixedLength.WrittenSpan));
        Assert.Equal("0001-01-01T00:00:00Z", Timestamps.Format(null));
    }

    [Theory]
    [InlineData("10m", 600)]
    [InlineData("1h30m", 5400)]
    [InlineData("1.5h", 5400)]
    [InlineData("250ms", 0.25)]
    public void Filter_takes_a_go_duration(string text, double seconds)
    {
        DateTimeOffset now = DateTimeOffset.UnixEpoch.AddDays(10_000);
        Assert.Equal(now.AddSeconds(-seconds), Timestamps.ParseFilter(text, now));
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("")]
    [InlineData("10parsecs")]
    public void Filter_refuses_other_words(string text) =>
        Assert.Equal(ErrorKind.InvalidParameter, Assert.Throws<EngineException>(() => Timestamps.ParseFilter(text, DateTimeOffset.UtcNow)).Kind);

    [Theory]
    [InlineData("1970-01-01T00:00:10Z", 100_000_000)]
    [InlineData("1970-01-01T00:00:10.123456789Z", 101_234_567)]
    [InlineData("1970-01-01T01:00:10.5+01:00", 105_000_000)]
    public void Filter_takes_dates_with_as_many_digits_as_go_writes(string text, long ticks) =>
        Assert.Equal(DateTimeOffset.UnixEpoch.AddTicks(ticks), Timestamps.ParseFilter(text, DateTimeOffset.UtcNow));

    [Fact]
    public void Filter_takes_seconds_since_1970() =>
        Assert.Equal(DateTimeOffset.UnixEpoch.AddSeconds(10), Timestamps.ParseFilter("10", DateTimeOffset.UtcNow));

    [Theory]
    [InlineData("a")]
    [InlineData("-a")]
    [InlineData("a/b")]
    [InlineData("../etc")]
    [InlineData("a b")]
    [InlineData("a\0b")]
    [InlineData("é1")]
    public void Name_is_refused(string name)
    {
        EngineException error = Assert.Throws<EngineException>(() => ContainerNames.Validate(name));
        Assert.Equal($"Invalid container name ({name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed", error.Message);
    }

    [Fact]
    public void Name_of_three_hundred_characters_is_refused() =>
        Assert.Equal(ErrorKind.InvalidParameter, Assert.Throws<EngineException>(() => ContainerNames.Validate(new string('a', 300))).Kind);

    [Fact]
    public void Invented_names_are_valid()
    {
        for (int attempt = 0; attempt < 100; attempt++)
        {
            string name = ContainerNames.Invent(attempt);
            ContainerNames.Validate(name);
            Assert.Contains('_', name);
        }
    }

    [Fact]
    public void Ids_are_64_hex_digits_and_not_a_number()
    {
        string id = RandomId.Create();
        Assert.Matches("^[0-9a-f]{64}$", id);
        Assert.Matches("[a-f]", RandomId.Short(id));
    }
}
