namespace Rtd.Daemon.Builds.Files;

/// <summary>Where a copy goes, as the Dockerfile says it.</summary>
/// <param name="Path">From the image's root on; links in it not followed yet.</param>
/// <param name="MustBeDirectory">It was written with a slash at its end.</param>
internal sealed record CopyDestination(string Path, bool MustBeDirectory)
{
    /// <param name="text">Absolute, or relative to the working directory.</param>
    /// <param name="workingDirectory">Empty for the root.</param>
    public static CopyDestination Parse(string text, string workingDirectory)
    {
        string full = text.StartsWith('/') ? text : $"{workingDirectory}/{text}";
        bool directory = text.Length == 0 || text.EndsWith('/') || text is "." or ".." || text.EndsWith("/.", StringComparison.Ordinal) || text.EndsWith("/..", StringComparison.Ordinal);
        return new CopyDestination(BytePath.Clean(BytePath.FromText(full)), directory);
    }
}
