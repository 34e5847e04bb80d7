namespace Rtd.Client.Formatting;

internal static class Ago
{
    /// <summary>How long ago a moment was: "3 minutes ago"; "N/A" before 1970's first second.</summary>
    public static string Since(DateTimeOffset moment, DateTimeOffset now) => HumanDuration.Of(now - moment) + " ago";
}
