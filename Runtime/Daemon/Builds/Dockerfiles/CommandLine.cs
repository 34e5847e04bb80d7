namespace Rtd.Daemon.Builds.Dockerfiles;

/// <summary>The command of RUN, CMD, ENTRYPOINT or HEALTHCHECK.</summary>
/// <param name="IsShellForm">Its one word is for a shell.</param>
internal sealed record CommandLine(bool IsShellForm, IReadOnlyList<string> Words)
{
    private static readonly string[] s_shell = ["/bin/sh", "-c"];

    /// <summary>What is executed.</summary>
    /// <param name="shell">The image's; null for the usual one.</param>
    public List<string> Resolve(IReadOnlyList<string>? shell) => IsShellForm ? [.. shell ?? s_shell, .. Words] : [.. Words];
}
