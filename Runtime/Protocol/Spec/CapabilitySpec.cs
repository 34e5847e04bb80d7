namespace Rtd.Protocol.Spec;

/// <summary>Capability sets as 64-bit masks (bit n = capability n of <c>linux/capability.h</c>). Inheritable and ambient are always empty (CVE-2022-24769).</summary>
internal sealed record CapabilitySpec(ulong Bounding, ulong Permitted, ulong Effective);
