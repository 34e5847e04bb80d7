namespace Rtd.Protocol.Supervision;

/// <summary>The messages between a daemon and the supervisor, in the form of <see cref="Sync.SyncMessage"/>.</summary>
/// <remarks>
/// <code>
///   daemon                                        supervisor
///     │── Hello (how to start me again) ─────────▶ │
///     │ ◀──────────── Welcome, Child*, Kept*, Told─│  all it has, with the fds
///     │── Spawn ─────────────────────────────────▶ │  clone3: the child is the supervisor's
///     │ ◀───────────────────────── Spawned (pidfd)─│
///     │── Hold (fds of the child) ────────────────▶│  before the child runs its program
///     │ ◀──────────────────────────────────Exited ─│  reaped
///     │── Forget ─────────────────────────────────▶│  the end is on disk
///     │── Keep, Drop (other fds, by name) ────────▶│
///     │── Goodbye ────────────────────────────────▶│  a clean end: not to be started again
/// </code>
/// Supervisors outlive daemons, also of other versions: fields are only ever added, at the ends of messages.
/// </remarks>
internal enum SupervisorMessage : byte
{
    Hello = 1,
    Spawn = 2,
    Hold = 3,
    Release = 4,
    Forget = 5,
    Keep = 6,
    Drop = 7,
    Goodbye = 8,

    /// <summary>A process of a supervisor that has died, held by the next one.</summary>
    Adopt = 9,

    Welcome = 20,
    Child = 21,
    Kept = 22,
    Told = 23,
    Spawned = 24,
    Exited = 25,
}
