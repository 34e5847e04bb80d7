namespace Rtd.Protocol.Sync;

/// <summary>rtinit's argv[1]: what it is to be.</summary>
internal static class InitRoles
{
    public const string Container = "init", Exec = "exec", Supervisor = "supervise", RuntimeParent = "runtime-parent", Reaper = "reap";
}
