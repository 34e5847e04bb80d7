namespace Rtd.Protocol.Spec;

/// <summary>A mount that rtinit makes inside the container's root, in list order (the daemon sorts by destination depth).</summary>
/// <param name="Kind">Bind, tmpfs, …</param>
/// <param name="Source">Host path for a bind; otherwise the name shown in mountinfo.</param>
/// <param name="Destination">Absolute path inside the container.</param>
/// <param name="Flags">MS_* flags (nosuid, nodev, noexec, rdonly …).</param>
/// <param name="Propagation">MS_PRIVATE, MS_SLAVE or MS_SHARED, MS_REC allowed; 0 for the default, rprivate.</param>
/// <param name="Recursive">For a bind: MS_REC.</param>
/// <param name="Data">File system data such as <c>size=65536k,mode=1777</c>; for a bind the path below its source, "" for the source itself.</param>
internal sealed record MountSpec(MountKind Kind, string Source, string Destination, ulong Flags, ulong Propagation, bool Recursive, string Data)
{
    /// <summary>For a read-only bind: what is mounted below its source stays as it is.</summary>
    public bool WritableBelow { get; init; }
}
