namespace Rtd.Protocol.Spec;

/// <summary>A sysctl in its dotted form and its value.</summary>
internal sealed record SysctlSpec(string Name, string Value);
