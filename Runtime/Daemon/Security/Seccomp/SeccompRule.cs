namespace Rtd.Daemon.Security.Seccomp;

/// <summary>What to do with some system calls.</summary>
/// <param name="Names">As in the kernel's tables; names that neither we nor libseccomp know are skipped.</param>
/// <param name="Action">A <see cref="SeccompAction"/>.</param>
/// <param name="Arguments">All must hold; empty is any call.</param>
internal sealed record SeccompRule(IReadOnlyList<string> Names, uint Action, IReadOnlyList<ArgumentFilter> Arguments);
