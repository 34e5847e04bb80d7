namespace Rtd.Protocol.Spec;

/// <summary>A process to start inside a running container. rtinit joins it by the pidfd that comes along.</summary>
/// <param name="Namespaces">CLONE_NEW* flags to join with setns(pidfd, flags).</param>
internal sealed record ExecSpec(int Namespaces, ProcessSpec Process);
