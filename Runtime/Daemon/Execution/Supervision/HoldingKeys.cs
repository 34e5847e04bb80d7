namespace Rtd.Daemon.Execution.Supervision;

/// <summary>Under which names the supervisor holds things.</summary>
internal static class HoldingKeys
{
    private const string ContainerPrefix = "container:", ExecPrefix = "exec:";

    /// <summary>A container's first process.</summary>
    public static string Container(string id) => ContainerPrefix + id;

    public static string Exec(string id) => ExecPrefix + id;

    public static bool IsContainer(string key) => key.StartsWith(ContainerPrefix, StringComparison.Ordinal);

    public static bool IsExec(string key) => key.StartsWith(ExecPrefix, StringComparison.Ordinal);

    public static string IdOf(string key) => key[(key.IndexOf(':') + 1)..];
}
