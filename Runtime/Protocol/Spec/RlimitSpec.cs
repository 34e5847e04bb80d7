namespace Rtd.Protocol.Spec;

/// <summary>One resource limit; <see cref="Resource"/> is the RLIMIT_* number, ulong.MaxValue is unlimited.</summary>
internal sealed record RlimitSpec(int Resource, ulong Soft, ulong Hard);
