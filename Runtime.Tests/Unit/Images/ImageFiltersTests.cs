using Rtd.Daemon.Errors;
using Rtd.Daemon.Images;
using Rtd.Daemon.Images.Listing;
using Xunit;

namespace Rtd.Tests.Unit.Images;

public sealed class ImageFiltersTests
{
    [Theory]
    [InlineData("{\"label\":[\"a=1\",\"b\"]}")]
    [InlineData("{\"label\":{\"a=1\":true,\"b\":true,\"c\":false}}")]
    public void TakesBothForms(string json)
    {
        ImageFilters filters = ImageFilters.Parse(json, "label");
        Assert.Equal(["a=1", "b"], filters["label"]);
        Assert.True(filters.MatchesLabels(new Dictionary<string, string> { ["a"] = "1", ["b"] = "x" }));
        Assert.False(filters.MatchesLabels(new Dictionary<string, string> { ["a"] = "2", ["b"] = "x" }));
        Assert.False(filters.MatchesLabels(null));
    }

    [Theory]
    [InlineData("{\"nonsense\":[\"a\"]}")]
    [InlineData("[]")]
    [InlineData("{\"label\":1}")]
    [InlineData("{\"label\"")]
    public void RefusesOthers(string json) =>
        Assert.Equal(ErrorKind.InvalidParameter, Assert.Throws<EngineException>(() => ImageFilters.Parse(json, "label")).Kind);

    [Fact]
    public void ReadsTruthAndTimes()
    {
        Assert.True(ImageFilters.Parse("{\"dangling\":[\"1\"]}", "dangling").Bool("dangling"));
        Assert.False(ImageFilters.Parse("{\"dangling\":[\"false\"]}", "dangling").Bool("dangling"));
        Assert.Null(ImageFilters.Parse("{}", "dangling").Bool("dangling"));
        Assert.Throws<EngineException>(() => ImageFilters.Parse("{\"dangling\":[\"x\"]}", "dangling").Bool("dangling"));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1700000000), ImageFilters.Parse("{\"until\":[\"1700000000\"]}", "until").Time("until"));
        Assert.Equal(new DateTimeOffset(2024, 5, 6, 7, 8, 9, TimeSpan.Zero), ImageFilters.Parse("{\"until\":[\"2024-05-06T07:08:09Z\"]}", "until").Time("until"));
        DateTimeOffset before = DateTimeOffset.UtcNow;
        DateTimeOffset ago = ImageFilters.Parse("{\"until\":[\"1h30m\"]}", "until").Time("until")!.Value;
        Assert.InRange(ago.AddMinutes(90), before, DateTimeOffset.UtcNow);
        Assert.Throws<EngineException>(() => ImageFilters.Parse("{\"until\":[\"soon\"]}", "until").Time("until"));
    }

    [Theory]
    [InlineData("busybox", "busybox:1", true)]
    [InlineData("busy*", "busybox:1", true)]
    [InlineData("busy*:1", "busybox:1", true)]
    [InlineData("*:2", "busybox:1", false)]
    [InlineData("*", "user/app:1", false)]
    [InlineData("*/*", "user/app:1", true)]
    [InlineData("user/a?p", "user/app:1", true)]
    [InlineData("user/[a-c]pp", "user/app:1", true)]
    [InlineData("user/[^a-c]pp", "user/app:1", false)]
    public void NamesMatchAsPaths(string pattern, string name, bool expected) =>
        Assert.Equal(expected, NamePattern.Matches(pattern, ImageReference.Parse(name)));
}
