namespace Rtd.Tests.Integration.Hosting;

public sealed class ServerTests
{
    /// <summary>A registry writes a line per request to its standard output, whatever its log level: after some seven hundred it answered nobody any more.</summary>
    [Fact]
    public async Task Server_that_writes_more_than_a_pipe_holds_goes_on()
    {
        string mark = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        using Server server = new(["sh", "-c", "head -c 1000000 /dev/zero; head -c 1000000 /dev/zero >&2; echo done >\"$1\"; exec sleep 1000", "sh", mark]);

        await Eventually.HoldsAsync("it has written it all", () => File.Exists(mark));
        File.Delete(mark);
    }
}
