namespace Rtd.Protocol.Spec;

/// <summary>A process to start inside a running container. rtinit is already in its pid namespace and joins the rest by the pidfd that comes along.</summary>
/// <param name="Namespaces">CLONE_NEW* flags to join with setns(pidfd, flags).</param>
internal sealed record ExecSpec(int Namespaces, ProcessSpec Process);
