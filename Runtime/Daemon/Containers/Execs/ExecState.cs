namespace Rtd.Daemon.Containers.Execs;

/// <summary>An exec's state at one moment; immutable.</summary>
/// <param name="ExitCode">null until it has ended.</param>
/// <param name="Ended">When it ended, else null.</param>
internal sealed record ExecState(bool Running, int Pid, int? ExitCode, DateTimeOffset? Ended)
{
    public static ExecState New { get; } = new(false, 0, null, null);
}
