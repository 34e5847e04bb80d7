namespace Rtd.Tests.Integration.Hosting;

/// <summary>Where things are: the source tree and the published binaries under test.</summary>
internal static class Tree
{
    /// <summary>The directory with Runtime.sln.</summary>
    public static string Top { get; } = FindTop();

    /// <summary>The published binaries; RTD_TEST_DIST names another folder.</summary>
    public static string Dist { get; } = Environment.GetEnvironmentVariable("RTD_TEST_DIST") ?? Path.Combine(Top, "dist");

    /// <summary>
    /// The command and its leading arguments that start a daemon. RTD_TEST_DAEMON names another engine (<c>dockerd</c>),
    /// to find out whether an expectation of a test is Docker's behaviour or only ours.
    /// </summary>
    public static IReadOnlyList<string> DaemonCommand { get; } =
        Environment.GetEnvironmentVariable("RTD_TEST_DAEMON")?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [Path.Combine(Dist, "rtd"), "daemon"];

    /// <summary>The program behind <see cref="Cli.Rtctl"/>; RTD_TEST_CLIENT names another one.</summary>
    public static string Rtctl { get; } = Environment.GetEnvironmentVariable("RTD_TEST_CLIENT") ?? Path.Combine(Dist, "rtctl");

    /// <summary>True unless RTD_TEST_DAEMON puts another engine in rtd's place.</summary>
    public static bool IsOwnDaemon => Environment.GetEnvironmentVariable("RTD_TEST_DAEMON") is null;

    private static string FindTop()
    {
        for (DirectoryInfo? directory = new(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Runtime.sln")))
            {
                return directory.FullName;
            }
        }

        throw new InvalidOperationException($"Runtime.sln is in no directory above {AppContext.BaseDirectory}");
    }

    /// <summary>RTD_TEST_PREPARED: so many sandboxes are kept ready by the daemons of all tests; what they leave is then not looked at.</summary>
    public static int PreparedSandboxes { get; } = int.Parse(Environment.GetEnvironmentVariable("RTD_TEST_PREPARED") ?? "0", System.Globalization.CultureInfo.InvariantCulture);
}
