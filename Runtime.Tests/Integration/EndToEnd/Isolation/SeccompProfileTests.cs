using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Isolation;

/// <summary>System call filters of a user's own, in Docker's JSON format.</summary>
public sealed class SeccompProfileTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    /// <summary>An error that a file system on memory never gives.</summary>
    private const string NoDirectories =
        """{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 30}]}""";

    private const string NoDirectoriesWithoutAdmin =
        """
        {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
          {"names": ["mkdir", "mkdirat", "such_a_call_is_not_known"], "action": "SCMP_ACT_ERRNO", "errnoRet": 30, "excludes": {"caps": ["CAP_SYS_ADMIN"]}}]}
        """;

    [RootTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Profile_of_a_file_holds_for_the_command_and_for_execs(bool docker)
    {
        string option = "seccomp=" + await WriteAsync(NoDirectories);
        Task<CommandResult> Run(params string[] arguments) => docker ? DockerAsync(arguments) : RtctlAsync(arguments);

        (await Run("run", "--rm", "--security-opt", option, "busybox", "mkdir", "/x")).Exits(1).Says("Read-only file system");
        string container = (await Run("run", "-d", "--security-opt", option, "busybox", "sleep", "1000")).Exits(0).Line;
        (await Run("exec", container, "mkdir", "/x")).Exits(1).Says("Read-only file system");

        // What the built-in profile denies, this one allows.
        (await Run("run", "--rm", "--security-opt", option, "busybox", "unshare", "-U", "true")).Exits(0);
    }

    [RootFact]
    public async Task Rules_depend_on_capabilities()
    {
        string option = "seccomp=" + await WriteAsync(NoDirectoriesWithoutAdmin);

        (await DockerAsync("run", "--rm", "--security-opt", option, "busybox", "mkdir", "/x")).Exits(1).Says("Read-only file system");
        (await DockerAsync("run", "--rm", "--security-opt", option, "--cap-add", "SYS_ADMIN", "busybox", "mkdir", "/x")).Exits(0);
    }

    [RootFact]
    public async Task Privileged_container_has_a_filter_when_it_asks_for_one()
    {
        string option = "seccomp=" + await WriteAsync(NoDirectories);

        (await DockerAsync("run", "--rm", "--privileged", "busybox", "mkdir", "/x")).Exits(0);
        (await DockerAsync("run", "--rm", "--privileged", "--security-opt", option, "busybox", "mkdir", "/x")).Exits(1).Says("Read-only file system");
    }

    [RootTheory]
    [InlineData("{}", "invalid seccomp profile: it has no defaultAction")]
    [InlineData("""{"defaultAction": "SCMP_ACT_NONSENSE"}""", "SCMP_ACT_NONSENSE")]
    [InlineData("[1, 2]", "Decoding seccomp profile failed")]
    public async Task What_is_no_profile_is_refused(string profile, string problem)
    {
        (await DockerAsync("create", "--security-opt", "seccomp=" + await WriteAsync(profile), "busybox", "true")).Exits(1).Says(problem);

        Assert.Empty((await DockerAsync("ps", "-aq")).Exits(0).Lines);
    }

    private async Task<string> WriteAsync(string profile)
    {
        string path = Path.Combine(Host.Root, "profile.json");
        await File.WriteAllTextAsync(path, profile);
        return path;
    }
}
