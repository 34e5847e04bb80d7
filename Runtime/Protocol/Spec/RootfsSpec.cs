namespace Rtd.Protocol.Spec;

/// <summary>How rtinit gets the container's root file system, inside the container's own mount namespace.</summary>
/// <remarks>
/// overlay: mount(2) with <see cref="Data"/>, whose paths are relative to <see cref="BaseDirectory"/> (rtinit changes there first, so that
/// 127 layers fit in the one page that mount(2) takes). bind: <see cref="BaseDirectory"/> is bound as the root.
/// mapped: a detached mount, the last of the fds, is attached over the namespace's own root: rtinit is the root of a user namespace and can
/// enter no directory of the host's root.
/// mount: a detached mount, the last of the fds that come along with the spec, is attached over <see cref="BaseDirectory"/>.
/// </remarks>
/// <param name="Kind">overlay, bind, mount or mapped.</param>
/// <param name="BaseDirectory">Absolute host path.</param>
/// <param name="Data">Mount data such as <c>lowerdir=l/A:l/B,upperdir=…,workdir=…</c>; empty for the others.</param>
internal sealed record RootfsSpec(RootfsKind Kind, string BaseDirectory, string Data);
