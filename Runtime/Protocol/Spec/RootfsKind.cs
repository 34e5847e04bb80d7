namespace Rtd.Protocol.Spec;

/// <summary>The ways a graph driver hands out a root file system.</summary>
internal enum RootfsKind : byte
{
    Overlay,
    Bind,
    Mount,
    Mapped,
}
