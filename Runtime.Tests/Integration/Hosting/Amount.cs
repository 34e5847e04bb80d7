using System.Globalization;

namespace Rtd.Tests.Integration.Hosting;

/// <summary>How much of something tests do: little in an ordinary run, more before a release, by a variable that <c>scripts/test</c> sets.</summary>
internal static class Amount
{
    /// <summary>Spawns in the stress test: <c>--spawns</c>, 100000 before a release.</summary>
    public static int Spawns { get; } = Of("RTD_TEST_SPAWNS", 3000);

    /// <summary>Clients that attach and vanish: <c>--attaches</c>, 5000 before a release.</summary>
    public static int Attaches { get; } = Of("RTD_TEST_ATTACHES", 400);

    /// <summary>Execs under a spy's eyes, and such that leave a child: <c>--execs</c>, 2000 before a release.</summary>
    public static int Execs { get; } = Of("RTD_TEST_EXECS", 200);

    /// <summary>Rounds of making, connecting and removing 50 networks: <c>--rounds</c>, 30 before a release.</summary>
    public static int NetworkRounds { get; } = Of("RTD_TEST_ROUNDS", 2);

    /// <summary>Starts against each loop that exchanges mount points: <c>--races</c>, 1000 before a release.</summary>
    public static int Races { get; } = Of("RTD_TEST_RACES", 40);

    /// <summary>Kills of the daemon while it changes its store: <c>--kills</c>, 100 before a release.</summary>
    public static int Kills(int usual) => Of("RTD_TEST_KILLS", usual);

    /// <summary>Kills of the daemon under load: <c>--torture</c>, 1000 before a release.</summary>
    public static int Torture { get; } = Of("RTD_TEST_TORTURE", 5);

    /// <summary>Containers that are run and removed one after the other: <c>--cycles</c>, 20000 before a release.</summary>
    public static int Cycles { get; } = Of("RTD_TEST_CYCLES", 60);

    /// <summary>Random host configurations: <c>--host-configs</c>, 10000 before a release.</summary>
    public static int HostConfigs { get; } = Of("RTD_TEST_HOST_CONFIGS", 400);

    /// <summary>What random input follows from: <c>--seed</c>, another one in every run unless it is given.</summary>
    public static int Seed { get; } = Of("RTD_TEST_SEED", Environment.TickCount);

    private static int Of(string variable, int usual) =>
        Environment.GetEnvironmentVariable(variable) is { } asked ? int.Parse(asked, CultureInfo.InvariantCulture) : usual;
}
