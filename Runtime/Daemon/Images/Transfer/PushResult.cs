namespace Rtd.Daemon.Images.Transfer;

/// <summary>What a program learns of a push.</summary>
/// <param name="Size">Bytes of the manifest.</param>
internal sealed record PushResult(string Tag, string Digest, int Size);
