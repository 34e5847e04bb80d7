namespace Rtd.Protocol.Sync;

/// <summary>rtinit's argv[1]: what it is to be.</summary>
internal static class InitRoles
{
    /// <summary>A container of which it is not known yet what it is to be.</summary>
    public const string Prepared = "prepared";

    /// <summary>To start a command in a container of which it is not known yet which it is. It stays outside of its pid namespace.</summary>
    public const string PreparedExec = "prepared-exec";

    public const string Container = "init", Exec = "exec", Supervisor = "supervise", RuntimeParent = "runtime-parent", Reaper = "reap";
}
