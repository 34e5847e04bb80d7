using Rtd.Daemon.Errors;
using Rtd.Daemon.Logging;
using Rtd.Daemon.Logging.JsonFile;
using Xunit;

namespace Rtd.Tests.Unit.Logging;

public sealed class LogDriversTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("512", 512)]
    [InlineData("10m", 10_000_000)]
    [InlineData("10M", 10_000_000)]
    [InlineData("10 mb", 10_000_000)]
    [InlineData("1.5k", 1500)]
    [InlineData("2GiB", 2_000_000_000)]
    [InlineData("1t", 1_000_000_000_000)]
    public void Sizes_are_decimal(string text, long bytes) => Assert.Equal(bytes, HumanSize.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("m")]
    [InlineData("-1m")]
    [InlineData("10x")]
    [InlineData("10  m")]
    [InlineData("1..2k")]
    [InlineData("999999999999p")]
    public void Bad_sizes_are_refused(string text) =>
        Assert.Equal($"invalid size: '{text}'", Assert.Throws<EngineException>(() => HumanSize.Parse(text)).Message);

    [Fact]
    public void The_default_is_bounded() => Assert.Equal((10_000_000L, 3), Bounds(Parse()));

    [Fact]
    public void A_size_alone_means_one_file_as_with_docker() => Assert.Equal((5000L, 1), Bounds(Parse(("max-size", "5k"))));

    [Fact]
    public void Unlimited_is_possible_on_request() => Assert.Equal((null, 1), Bounds(Parse(("max-size", "-1"))));

    [Theory]
    [InlineData("syslogd", "", "", "logger: no log driver named 'syslogd' is registered")]
    [InlineData("json-file", "max-sizes", "1m", "unknown log opt 'max-sizes' for json-file log driver")]
    [InlineData("json-file", "max-size", "0", "max-size must be a positive number")]
    [InlineData("json-file", "max-size", "big", "invalid size: 'big'")]
    [InlineData("json-file", "max-file", "0", "max-file cannot be less than 1")]
    [InlineData("json-file", "mode", "sometimes", "logger: logging mode not supported: sometimes")]
    [InlineData("json-file", "max-buffer-size", "1m", "logger: max-buffer-size option is only supported with 'mode=non-blocking'")]
    [InlineData("local", "labelz", "x", "unknown log opt 'labelz' for local log driver")]
    [InlineData("json-file", "compress", "perhaps", "invalid value 'perhaps' for log opt 'compress': must be true or false")]
    [InlineData("syslog", "syslog-addr", "x", "unknown log opt 'syslog-addr' for syslog log driver")]
    [InlineData("syslog", "syslog-address", "ftp://x", "invalid syslog-address \"ftp://x\": it must begin with udp://, tcp://, tcp+tls://, unix://, unixgram://")]
    [InlineData("syslog", "syslog-address", "tcp://x:0", "invalid syslog-address \"tcp://x:0\": it must be HOST:PORT")]
    [InlineData("syslog", "syslog-facility", "foo", "invalid syslog facility: foo")]
    [InlineData("syslog", "syslog-format", "foo", "invalid value 'foo' for log opt 'syslog-format': must be one of rfc3164, rfc5424, rfc5424micro")]
    [InlineData("fluentd", "fluentd-retry-wait", "foo", "invalid value 'foo' for log opt 'fluentd-retry-wait': must be a duration such as 500ms")]
    [InlineData("fluentd", "fluentd-max-retries", "-1", "invalid value '-1' for log opt 'fluentd-max-retries': must be a number")]
    [InlineData("gelf", "gelf-compression-type", "gzip", "gelf-address is a required parameter")]
    [InlineData("journald", "cache-disabled", "foo", "invalid value 'foo' for log opt 'cache-disabled': must be true or false")]
    [InlineData("json-file", "tag", "{{.Name}}/{{.ID", "invalid log opt 'tag': unclosed action")]
    [InlineData("journald", "tag", "{{.Foo}}", "invalid log opt 'tag': no field \".Foo\"")]
    public void Mistakes_are_named_in_dockers_words(string driver, string key, string value, string message)
    {
        Dictionary<string, string> options = key.Length == 0 ? [] : new() { [key] = value };
        EngineException exception = Assert.Throws<EngineException>(() => LogDrivers.Validate(driver, options));
        Assert.Equal((message, ErrorKind.InvalidParameter), (exception.Message, exception.Kind));
        Assert.Throws<EngineException>(() => LogDrivers.Create(driver, options, "/nowhere"));
    }

    [Fact]
    public void The_empty_name_is_json_file() =>
        Assert.Equal("json-file", LogDrivers.Create("", new Dictionary<string, string> { ["mode"] = "non-blocking", ["max-buffer-size"] = "1m" }, "/nowhere").Name);

    [Fact]
    public void Local_is_compressed_and_larger_by_default()
    {
        JsonFileOptions local = JsonFileOptions.Parse(new Dictionary<string, string>(), LogContext.Empty, "local");
        Assert.Equal((20_000_000L, 5, true), (local.MaximumSize, local.MaximumFiles, local.Compress));
    }

    [Theory]
    [InlineData("syslog")]
    [InlineData("journald")]
    [InlineData("fluentd")]
    public async Task Log_that_goes_elsewhere_is_read_from_a_copy_unless_that_is_switched_off(string driver)
    {
        await using ILogDriver cached = LogDrivers.Create(driver, new Dictionary<string, string>(), "/nowhere/c-json.log");
        await using ILogDriver none = LogDrivers.Create(driver, new Dictionary<string, string> { ["cache-disabled"] = "true" }, "/nowhere/c-json.log");
        Assert.Equal((driver, true, false), (cached.Name, cached.CanRead, none.CanRead));
    }

    [Fact]
    public void None_keeps_nothing_and_says_so()
    {
        ILogDriver none = LogDrivers.Create("none", new Dictionary<string, string> { ["anything"] = "goes" }, "");
        Assert.False(none.CanRead);
        EngineException exception = Assert.Throws<EngineException>(() => none.ReadAsync(new LogReadOptions(true, true, false, null, null, null), default));
        Assert.Equal(("configured logging driver does not support reading", ErrorKind.NotImplemented), (exception.Message, exception.Kind));
    }

    [Fact]
    public void Attributes_come_from_labels_variables_and_tag()
    {
        LogContext context = new()
        {
            ContainerId = new string('a', 64),
            ContainerName = "/web",
            ImageId = "sha256:" + new string('b', 64),
            ImageName = "nginx:1",
            Labels = new Dictionary<string, string> { ["tier"] = "front", ["com.x.a"] = "1", ["other"] = "2" },
            Environment = ["STAGE=test", "EMPTY", "SECRET=no"],
        };
        Dictionary<string, string> options = new()
        {
            ["labels"] = "tier,none",
            ["labels-regex"] = "^com\\.",
            ["env"] = "STAGE,EMPTY",
            ["tag"] = "{{.ImageName}}/{{.Name}}/{{.ID}}/{{ .ImageID }}",
        };
        Assert.Equal(
            "{\"EMPTY\":\"\",\"STAGE\":\"test\",\"com.x.a\":\"1\",\"tag\":\"nginx:1/web/aaaaaaaaaaaa/bbbbbbbbbbbb\",\"tier\":\"front\"}",
            System.Text.Encoding.UTF8.GetString(JsonFileOptions.Parse(options, context).Attributes));
    }

    [Theory]
    [InlineData("tag", "{{.Nope}}")]
    [InlineData("env-regex", "(")]
    public void Bad_templates_and_expressions_are_refused(string key, string value) => Assert.Equal(
        ErrorKind.InvalidParameter,
        Assert.Throws<EngineException>(() => LogDrivers.Validate("json-file", new Dictionary<string, string> { [key] = value })).Kind);

    private static (long?, int) Bounds(JsonFileOptions options) => (options.MaximumSize, options.MaximumFiles);

    private static JsonFileOptions Parse(params (string Key, string Value)[] options) =>
        JsonFileOptions.Parse(options.ToDictionary(option => option.Key, option => option.Value), LogContext.Empty);
}
