namespace Rtd.Daemon.Containers.State;

/// <summary>How long a run has lasted, by a clock that nobody sets: the wall clock is asked once, of runs that a former daemon started.</summary>
internal sealed class RunAge(DateTimeOffset startedAt, TimeProvider time)
{
    private readonly TimeSpan _before = time.GetUtcNow() > startedAt ? time.GetUtcNow() - startedAt : TimeSpan.Zero;
    private readonly long _seen = time.GetTimestamp();

    public TimeSpan Value => _before + time.GetElapsedTime(_seen);

    /// <summary>When the run began, by the wall clock as it goes now.</summary>
    public DateTimeOffset Beginning => time.GetUtcNow() - Value;
}
