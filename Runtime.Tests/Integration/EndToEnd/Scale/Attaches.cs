using System.Globalization;

namespace Rtd.Tests.Integration.EndToEnd.Scale;

/// <summary>How often clients attach and vanish; <c>RTD_TEST_ATTACHES</c> sets more than an ordinary test run takes the time for.</summary>
internal static class Attaches
{
    public static int Count { get; } = int.Parse(Environment.GetEnvironmentVariable("RTD_TEST_ATTACHES") ?? "400", CultureInfo.InvariantCulture);
}
