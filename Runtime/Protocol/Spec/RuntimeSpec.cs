namespace Rtd.Protocol.Spec;

/// <summary>What rtinit needs to be the parent of a container that another OCI runtime makes.</summary>
/// <param name="Program">Path of the runtime.</param>
/// <param name="GlobalArguments">What stands before its command: its own options, state directory, log.</param>
/// <param name="CreateArguments">What stands behind <c>create</c>, without the id.</param>
/// <param name="PidFile">Where the runtime writes the container's pid.</param>
/// <param name="Id">The container's id.</param>
/// <param name="Rootfs">Mounted in a mount namespace that lasts as long as the container; fds may come along.</param>
/// <param name="WorkingDirectory">Made when missing.</param>
/// <param name="User">As in <see cref="ProcessSpec.User"/>.</param>
/// <param name="AdditionalGroups">Names or numbers.</param>
internal sealed record RuntimeSpec(
    string Program,
    IReadOnlyList<string> GlobalArguments,
    IReadOnlyList<string> CreateArguments,
    string PidFile,
    string Id,
    RootfsSpec Rootfs,
    string WorkingDirectory,
    string User,
    IReadOnlyList<string> AdditionalGroups);
