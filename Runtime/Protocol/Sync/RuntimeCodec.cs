using Rtd.Protocol.Spec;

namespace Rtd.Protocol.Sync;

/// <summary>The messages between the daemon and the parent of another runtime's container, see <see cref="SyncMessage"/>.</summary>
internal static class RuntimeCodec
{
    public static ReadOnlyMemory<byte> Encode(RuntimeSpec spec)
    {
        WireWriter w = new(SyncMessage.Runtime);
        w.String(spec.Program);
        w.List(spec.GlobalArguments, static (w, text) => w.String(text));
        w.List(spec.CreateArguments, static (w, text) => w.String(text));
        w.String(spec.PidFile);
        w.String(spec.Id);
        w.Byte((byte)spec.Rootfs.Kind);
        w.String(spec.Rootfs.BaseDirectory);
        w.String(spec.Rootfs.Data);
        w.String(spec.WorkingDirectory);
        w.String(spec.User);
        w.List(spec.AdditionalGroups, static (w, text) => w.String(text));
        return w.Finish();
    }

    public static RuntimeSpec DecodeSpec(WireReader r) => new(
        r.String(),
        r.List(static r => r.String()),
        r.List(static r => r.String()),
        r.String(),
        r.String(),
        new RootfsSpec((RootfsKind)r.Byte(), r.String(), r.String()),
        r.String(),
        r.String(),
        r.List(static r => r.String()));

    public static ReadOnlyMemory<byte> Encode(RuntimeUser user)
    {
        WireWriter w = new(SyncMessage.User);
        w.UInt(user.Uid);
        w.UInt(user.Gid);
        w.List(user.Groups, static (w, group) => w.UInt(group));
        w.String(user.Home);
        return w.Finish();
    }

    public static RuntimeUser DecodeUser(WireReader r) => new(r.UInt(), r.UInt(), r.List(static r => r.UInt()), r.String());

    public static ReadOnlyMemory<byte> EncodeCreated(int pid)
    {
        WireWriter w = new(SyncMessage.Created);
        w.Int(pid);
        return w.Finish();
    }

    public static int DecodeCreated(WireReader r) => r.Int();
}
