using System.Text.Json.Nodes;
using Xunit;

namespace Rtd.Tests.Unit.Client;

/// <summary>What each option of run and create becomes in the API's request.</summary>
public sealed class CreateRequestTests
{
    [Fact]
    public void Plain_create_attaches_output_alone()
    {
        JsonObject body = CreateRequest.From("busybox");

        Assert.False((bool)body["AttachStdin"]! || (bool)body["OpenStdin"]! || (bool)body["StdinOnce"]!);
        Assert.True((bool)body["AttachStdout"]! && (bool)body["AttachStderr"]!);
        Assert.Equal("default", (string?)body["HostConfig"]!["NetworkMode"]);
        Assert.Equal("""{"Name":"no","MaximumRetryCount":0}""", body["HostConfig"]!["RestartPolicy"]!.ToJsonString());
        Assert.False(body.ContainsKey("Cmd"));
        Assert.False(body.ContainsKey("Entrypoint"));
    }

    [Fact]
    public void Attach_chooses_streams()
    {
        JsonObject body = CreateRequest.From("-a", "STDIN", "-a", "stderr", "-i", "busybox");

        Assert.True((bool)body["AttachStdin"]! && (bool)body["AttachStderr"]! && (bool)body["StdinOnce"]!);
        Assert.False((bool)body["AttachStdout"]!);
    }

    [Fact]
    public void An_empty_entrypoint_resets_the_images()
    {
        Assert.Equal("""[""]""", CreateRequest.From("--entrypoint=", "busybox")["Entrypoint"]!.ToJsonString());
        Assert.Equal("""["sh"]""", CreateRequest.From("--entrypoint", "sh", "busybox")["Entrypoint"]!.ToJsonString());
    }

    [Fact]
    public void Volumes_are_binds_or_anonymous()
    {
        JsonObject body = CreateRequest.From("-v", "/a:/b:ro", "-v", "name:/c", "-v", "/anonymous", "-v", "./rel:/d", "busybox");

        Assert.Equal(new[] { "/a:/b:ro", "name:/c", Path.GetFullPath("./rel") + ":/d" }, body["HostConfig"]!["Binds"]!.AsArray().Select(bind => (string?)bind));
        Assert.Equal("""{"/anonymous":{}}""", body["Volumes"]!.ToJsonString());
    }

    [Theory]
    [InlineData("type=bind,src=/a,dst=/b,ro", """{"Type":"bind","Source":"/a","Target":"/b","ReadOnly":true}""")]
    [InlineData("target=/v", """{"Type":"volume","Target":"/v"}""")]
    [InlineData("type=tmpfs,target=/t,tmpfs-size=1m,tmpfs-mode=1777", """{"Type":"tmpfs","Target":"/t","TmpfsOptions":{"SizeBytes":1048576,"Mode":1023}}""")]
    [InlineData("type=bind,source=/a,destination=/b,bind-propagation=rshared,readonly=false", """{"Type":"bind","Source":"/a","Target":"/b","BindOptions":{"Propagation":"rshared"},"ReadOnly":false}""")]
    [InlineData("src=v,dst=/b,volume-driver=local,\"volume-opt=o=a,b\",volume-label=x=y,volume-nocopy", """{"Type":"volume","Source":"v","Target":"/b","VolumeOptions":{"DriverConfig":{"Name":"local","Options":{"o":"a,b"}},"Labels":{"x":"y"},"NoCopy":true}}""")]
    public void Mounts_are_read_field_by_field(string text, string expected)
    {
        JsonNode mount = CreateRequest.From("--mount", text, "busybox")["HostConfig"]!["Mounts"]!.AsArray().Single()!;

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), mount), mount.ToJsonString());
    }

    [Fact]
    public void Ports_and_ranges_are_published()
    {
        JsonObject body = CreateRequest.From("-p", "127.0.0.1:8080:80", "-p", "53:53/udp", "-p", "90-91:190-191", "-p", "[::1]::7", "-p", "5000-5010:5000", "--expose", "10-11", "busybox");

        Assert.Equal(
            """{"80/tcp":[{"HostIp":"127.0.0.1","HostPort":"8080"}],"53/udp":[{"HostIp":"","HostPort":"53"}],"190/tcp":[{"HostIp":"","HostPort":"90"}],"191/tcp":[{"HostIp":"","HostPort":"91"}],"7/tcp":[{"HostIp":"::1","HostPort":""}],"5000/tcp":[{"HostIp":"","HostPort":"5000-5010"}]}""",
            body["HostConfig"]!["PortBindings"]!.ToJsonString());
        Assert.Equal(new[] { "80/tcp", "53/udp", "190/tcp", "191/tcp", "7/tcp", "5000/tcp", "10/tcp", "11/tcp" }, body["ExposedPorts"]!.AsObject().Select(port => port.Key));
    }

    [Fact]
    public void Limits_are_numbers_in_the_apis_units()
    {
        JsonObject host = (JsonObject)CreateRequest.From(
            "-m", "64m", "--memory-swap", "1g", "--cpus", "1.5", "-c", "512", "--cpuset-cpus", "0-1", "--pids-limit", "100", "--ulimit", "nofile=10:20", "--ulimit", "core=-1",
            "--shm-size", "1.5k", "--memory-swappiness", "0", "--oom-kill-disable", "--blkio-weight", "300", "--device-read-bps", "/dev/sda:1mb", "--device-write-iops", "/dev/sda:50", "busybox")["HostConfig"]!;

        Assert.Equal(64L << 20, (long)host["Memory"]!);
        Assert.Equal(1L << 30, (long)host["MemorySwap"]!);
        Assert.Equal(1_500_000_000, (long)host["NanoCpus"]!);
        Assert.Equal(512, (long)host["CpuShares"]!);
        Assert.Equal("0-1", (string?)host["CpusetCpus"]);
        Assert.Equal(100, (long)host["PidsLimit"]!);
        Assert.Equal(1536, (long)host["ShmSize"]!);
        Assert.Equal(0, (long)host["MemorySwappiness"]!);
        Assert.True((bool)host["OomKillDisable"]!);
        Assert.Equal(300, (long)host["BlkioWeight"]!);
        Assert.Equal("""[{"Name":"nofile","Soft":10,"Hard":20},{"Name":"core","Soft":-1,"Hard":-1}]""", host["Ulimits"]!.ToJsonString());
        Assert.Equal("""[{"Path":"/dev/sda","Rate":1048576}]""", host["BlkioDeviceReadBps"]!.ToJsonString());
        Assert.Equal("""[{"Path":"/dev/sda","Rate":50}]""", host["BlkioDeviceWriteIOps"]!.ToJsonString());
    }

    [Fact]
    public void Health_settings_become_nanoseconds_and_a_shell_test()
    {
        JsonObject body = CreateRequest.From("--health-cmd", "true", "--health-interval", "1m30s", "--health-timeout", "500ms", "--health-retries", "3", "busybox");

        Assert.Equal("""{"Test":["CMD-SHELL","true"],"Interval":90000000000,"Timeout":500000000,"Retries":3}""", body["Healthcheck"]!.ToJsonString());
        Assert.Equal("""{"Test":["NONE"]}""", CreateRequest.From("--no-healthcheck", "busybox")["Healthcheck"]!.ToJsonString());
    }

    [Fact]
    public void Networks_of_ones_own_get_an_endpoint()
    {
        JsonObject body = CreateRequest.From("--network", "name=mine,alias=a,ip=10.0.0.9,driver-opt=k=v", "--network", "other", "busybox");

        Assert.Equal("mine", (string?)body["HostConfig"]!["NetworkMode"]);
        Assert.Equal(
            """{"mine":{"IPAMConfig":{"IPv4Address":"10.0.0.9"},"Aliases":["a"],"DriverOpts":{"k":"v"}},"other":{}}""",
            body["NetworkingConfig"]!["EndpointsConfig"]!.ToJsonString());
        Assert.False(CreateRequest.From("--network", "none", "busybox").ContainsKey("NetworkingConfig"));
    }

    [Fact]
    public void Files_of_variables_and_labels_are_read_here()
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "# comment\nA=1\n  B=two words\n\nRTCTL_TEST_UNSET_VARIABLE\nPATH\n");
            JsonObject body = CreateRequest.From("--env-file", file, "-e", "A=last", "--label-file", file, "--label", "x", "busybox");

            Assert.Equal(new[] { "A=1", "B=two words", "PATH=" + Environment.GetEnvironmentVariable("PATH"), "A=last" }, body["Env"]!.AsArray().Select(entry => (string?)entry));
            Assert.Equal("""{"A":"1","B":"two words","RTCTL_TEST_UNSET_VARIABLE":"","PATH":"","x":""}""", body["Labels"]!.ToJsonString());
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Security_options_carry_the_profile_itself()
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "{ \"defaultAction\" : \"SCMP_ACT_ALLOW\" }");
            JsonObject host = (JsonObject)CreateRequest.From("--security-opt", "seccomp=" + file, "--security-opt", "no-new-privileges", "--security-opt", "systempaths=unconfined", "--privileged", "busybox")["HostConfig"]!;

            Assert.Equal(new[] { "seccomp={\"defaultAction\":\"SCMP_ACT_ALLOW\"}", "no-new-privileges" }, host["SecurityOpt"]!.AsArray().Select(option => (string?)option));
            Assert.Equal("[]", host["MaskedPaths"]!.ToJsonString());
            Assert.True((bool)host["Privileged"]!);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("invalid containerPort: abc", "-p", "abc")]
    [InlineData("invalid hostPort: abc", "-pabc:80")]
    [InlineData("invalid IP address: 1:2", "-p", "1:2:3:4")]
    [InlineData("invalid ranges specified for container and host Ports: 1-2 and 80-90", "-p", "80-90:1-2")]
    [InlineData("invalid range format for --expose: abc, error: strconv.ParseUint: parsing \"abc\": invalid syntax", "--expose", "abc")]
    [InlineData("invalid empty volume spec", "-v", "")]
    [InlineData("bad format for path: x:y:z:w", "--device", "x:y:z:w")]
    [InlineData("open /nonexistent: no such file or directory", "--env-file", "/nonexistent")]
    [InlineData("Invalid --security-opt: \"a\"", "--security-opt", "a")]
    [InlineData("opening seccomp profile (/nonexistent) failed: open /nonexistent: no such file or directory", "--security-opt", "seccomp=/nonexistent")]
    [InlineData("--pid: invalid PID mode", "--pid=foo")]
    [InlineData("--uts: invalid UTS mode", "--uts=foo")]
    [InlineData("--userns: invalid USER mode", "--userns=foo")]
    [InlineData("--cgroupns: invalid CGROUP mode", "--cgroupns=foo")]
    [InlineData("invalid storage option", "--storage-opt", "foo")]
    [InlineData("invalid restart policy format: maximum retry count must be an integer", "--restart", "on-failure:x")]
    [InlineData("conflicting options: cannot specify both --restart and --rm", "--rm", "--restart=always")]
    [InlineData("invalid logging opts for driver none", "--log-driver", "none", "--log-opt", "a=b")]
    [InlineData("invalid value: 101. Valid memory swappiness range is 0-100", "--memory-swappiness", "101")]
    [InlineData("--no-healthcheck conflicts with --health-* options", "--health-cmd", "x", "--no-healthcheck")]
    [InlineData("--health-retries cannot be negative", "--health-retries", "-1")]
    [InlineData("xx is not a valid mac address", "--mac-address", "xx")]
    [InlineData("invalid pull option: 'foo': must be one of \"always\", \"missing\" or \"never\"", "--pull=foo")]
    public void Contradictions_are_refused_before_the_daemon_is_asked(string message, params string[] options)
    {
        Assert.Equal(message, CreateRequest.Refusal([.. options, "busybox"]));
    }

    [Fact]
    public void Bad_references_are_refused()
    {
        Assert.Equal("invalid reference format: repository name (library/BUSYBOX) must be lowercase", CreateRequest.Refusal("BUSYBOX"));
        Assert.Equal("invalid reference format", CreateRequest.Refusal("b:b:b"));
        Assert.Equal("invalid reference format", CreateRequest.Refusal(""));
    }
}
