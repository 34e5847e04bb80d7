namespace Rtd.Daemon.Execution.Oci;

/// <summary>An OCI runtime that daemon.json names.</summary>
/// <param name="Name">As <c>--runtime</c> takes it.</param>
/// <param name="Path">The program.</param>
/// <param name="Arguments">Options that stand before every command.</param>
internal sealed record OciRuntime(string Name, string Path, IReadOnlyList<string> Arguments)
{
    /// <summary>Our own.</summary>
    public const string Native = "rtd";

    /// <summary>Names that clients write down from other engines, for whatever is the engine's own; daemon.json may give them another meaning.</summary>
    public static bool IsNative(string name) => name is Native or "runc" or "io.containerd.runc.v2";
}
