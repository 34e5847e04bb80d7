namespace Rtd.Protocol.Patterns;

/// <summary>What rules say of one path.</summary>
/// <param name="Matched">Of each rule, whether it matches the path or a directory above it.</param>
internal readonly record struct IgnoreState(bool IsExcluded, bool[] Matched);
