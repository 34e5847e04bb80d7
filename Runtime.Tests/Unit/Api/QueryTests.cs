using Rtd.Daemon.Api;
using Rtd.Daemon.Errors;
using Xunit;

namespace Rtd.Tests.Unit.Api;

public sealed class QueryTests
{
    [Theory]
    [InlineData("{\"status\":[\"running\",\"paused\"]}")]
    [InlineData("{\"status\":{\"running\":true,\"paused\":true,\"dead\":false}}")]
    public void Filters_have_two_forms(string json)
    {
        QueryFilters filters = QueryFilters.Parse(json);

        Assert.Equal(["running", "paused"], filters.Get("status"));
        Assert.True(filters.Exact("status", "paused"));
        Assert.False(filters.Exact("status", "dead"));
        Assert.True(filters.Exact("name", "anything"));
        Assert.True(filters.Prefix("status", "running-fast"));
        Assert.False(filters.Prefix("status", "run"));
    }

    [Fact]
    public void Label_filters_must_all_hold()
    {
        QueryFilters filters = QueryFilters.Parse("{\"label\":[\"a\",\"b=2\",\"c=x=y\"]}");

        Assert.True(filters.Pairs("label", new Dictionary<string, string> { ["a"] = "1", ["b"] = "2", ["c"] = "x=y" }));
        Assert.False(filters.Pairs("label", new Dictionary<string, string> { ["a"] = "1", ["b"] = "3", ["c"] = "x=y" }));
        Assert.False(filters.Pairs("label", new Dictionary<string, string> { ["b"] = "2", ["c"] = "x=y" }));
        Assert.False(filters.Pairs("label", null));
    }

    [Theory]
    [InlineData("xx")]
    [InlineData("[]")]
    [InlineData("{\"a\":1}")]
    [InlineData("{\"a\":[1]}")]
    [InlineData("{\"a\":[{}]}")]
    public void Malformed_filters_are_refused(string json) =>
        Assert.Equal(ErrorKind.InvalidParameter, Assert.Throws<EngineException>(() => QueryFilters.Parse(json)).Kind);

    [Fact]
    public void Unknown_filter_is_named()
    {
        QueryFilters filters = QueryFilters.Parse("{\"label\":[\"a\"],\"labl\":[\"b\"]}");

        Assert.Equal("invalid filter 'labl'", Assert.Throws<EngineException>(() => filters.CheckKeys("label", "name")).Message);
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("1136073600", 11360736000000000)]
    [InlineData("1136073600.5", 11360736005000000)]
    [InlineData("1136073600.000000100", 11360736000000001)]
    [InlineData("-1.5", -5000000)]
    public void Timestamp_is_seconds_with_a_fraction(string text, long ticks) =>
        Assert.Equal(ticks, (UnixTimestamp.Parse("since", text)!.Value - DateTime.UnixEpoch).Ticks);

    [Theory]
    [InlineData("abc")]
    [InlineData("1.0000000001")]
    [InlineData("1.-5")]
    [InlineData("999999999999999")]
    public void Other_timestamps_are_refused(string text) =>
        Assert.Contains($"invalid value \"{text}\" for since", Assert.Throws<EngineException>(() => UnixTimestamp.Parse("since", text)).Message);

    [Fact]
    public void No_timestamp_is_none()
    {
        Assert.Null(UnixTimestamp.Parse("since", null));
        Assert.Null(UnixTimestamp.Parse("since", ""));
    }
}
