namespace Rtd.Protocol.Sync;

/// <summary>The messages on the sync socket between daemon and rtinit.</summary>
/// <remarks>
/// <code>
///   daemon                                   rtinit (cloned into its namespaces)
///     │── Container | Exec ─────────────────▶ │  spec; namespace fds or the container's pidfd come along
///     │   (cgroup placement and links         │  mounts that need neither
///     │    happen meanwhile)                  │
///     │── Placed (network state) ───────────▶ │  in its cgroup, links are in its namespace: the rest, up to the user's credentials
///     │ ◀──────────────── Ready (pty master) ─│  or Error
///     │   (state is written to disk)          │
///     │── Go ────────────────────────────────▶│  close-on-exec for all fds, execve
///     │ ◀───────────────────────── end of file│  execve closed the socket: it succeeded. Otherwise: Error, then exit
/// </code>
/// A message is a 4-byte little-endian length of what follows, a byte of kind, and the body. End of file before Ready means that rtinit died.
/// </remarks>
internal enum SyncMessage : byte
{
    Container = 1,
    Exec = 2,
    Placed = 3,
    Ready = 4,
    Go = 5,
    Error = 6,

    /// <summary>To the parent of another runtime's container (<c>RuntimeParent</c>), which answers <see cref="User"/>, and after Go <see cref="Created"/>; then Placed, Ready and Go as above.</summary>
    Runtime = 7,
    User = 8,
    Created = 9,

    /// <summary>To a rtinit that was prepared: the namespaces it is still to make, with its standard streams as fds. <see cref="Container"/> or <see cref="Exec"/> follows.</summary>
    Adopt = 10,

    /// <summary>From one that was prepared for an exec, instead of Ready: the pidfd of the command's process, and the pty master. No Go is waited for.</summary>
    Born = 11,
}
