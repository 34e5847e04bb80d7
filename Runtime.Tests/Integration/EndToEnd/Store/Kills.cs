using System.Globalization;

namespace Rtd.Tests.Integration.EndToEnd.Store;

/// <summary>How often tests kill the daemon; RTD_TEST_KILLS says otherwise, <c>scripts/test --kills</c> sets it.</summary>
internal static class Kills
{
    public static int Count(int usual) => Environment.GetEnvironmentVariable("RTD_TEST_KILLS") is { } asked ? int.Parse(asked, CultureInfo.InvariantCulture) : usual;
}
