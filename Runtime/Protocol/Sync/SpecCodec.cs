using Rtd.Protocol.Spec;

namespace Rtd.Protocol.Sync;

/// <summary>The specs on the wire. Writer and reader of each record stand together, fields in the same order.</summary>
internal static class SpecCodec
{
    public static ReadOnlyMemory<byte> Encode(ContainerSpec spec)
    {
        WireWriter w = new(SyncMessage.Container);
        w.String(spec.Id);
        w.String(spec.Hostname);
        w.String(spec.Domainname);
        w.Byte((byte)spec.Rootfs.Kind);
        w.String(spec.Rootfs.BaseDirectory);
        w.String(spec.Rootfs.Data);
        w.Bool(spec.ReadonlyRootfs);
        w.ULong(spec.RootfsPropagation);
        w.List(spec.Mounts, WriteMount);
        w.List(spec.Devices, WriteDevice);
        w.List(spec.MaskedPaths, static (w, path) => w.String(path));
        w.List(spec.ReadonlyPaths, static (w, path) => w.String(path));
        w.List(spec.Sysctls, static (w, sysctl) =>
        {
            w.String(sysctl.Name);
            w.String(sysctl.Value);
        });
        w.Bool(spec.PrivateCgroupNamespace);
        w.List(spec.JoinNamespaces, static (w, kind) => w.Int(kind));
        WriteProcess(w, spec.Process);
        return w.Finish();
    }

    public static ContainerSpec DecodeContainer(WireReader r) => new()
    {
        Id = r.String(),
        Hostname = r.String(),
        Domainname = r.String(),
        Rootfs = new RootfsSpec((RootfsKind)r.Byte(), r.String(), r.String()),
        ReadonlyRootfs = r.Bool(),
        RootfsPropagation = r.ULong(),
        Mounts = r.List(ReadMount),
        Devices = r.List(ReadDevice),
        MaskedPaths = r.List(static r => r.String()),
        ReadonlyPaths = r.List(static r => r.String()),
        Sysctls = r.List(static r => new SysctlSpec(r.String(), r.String())),
        PrivateCgroupNamespace = r.Bool(),
        JoinNamespaces = r.List(static r => r.Int()),
        Process = ReadProcess(r),
    };

    public static ReadOnlyMemory<byte> Encode(ExecSpec spec)
    {
        WireWriter w = new(SyncMessage.Exec);
        w.Int(spec.Namespaces);
        WriteProcess(w, spec.Process);
        return w.Finish();
    }

    public static ExecSpec DecodeExec(WireReader r) => new(r.Int(), ReadProcess(r));

    public static ReadOnlyMemory<byte> Encode(NetworkState state)
    {
        WireWriter w = new(SyncMessage.Placed);
        w.Bool(state.Loopback);
        w.List(state.Interfaces, static (w, link) =>
        {
            w.String(link.TemporaryName);
            w.String(link.Name);
            w.Bytes(link.MacAddress);
            w.Int(link.Mtu);
            w.List(link.Addresses, static (w, address) =>
            {
                w.Address(address.Address);
                w.Int(address.PrefixLength);
            });
        });
        w.List(state.Routes, static (w, route) =>
        {
            w.Address(route.Destination);
            w.Int(route.PrefixLength);
            w.Address(route.Gateway);
            w.String(route.Interface);
        });
        return w.Finish();
    }

    public static ReadOnlyMemory<byte> EncodeAdopt(ulong namespaces)
    {
        WireWriter w = new(SyncMessage.Adopt);
        w.ULong(namespaces);
        return w.Finish();
    }

    public static ulong DecodeAdopt(WireReader r) => r.ULong();

    public static NetworkState DecodeNetwork(WireReader r) => new(
        r.Bool(),
        r.List(static r => new NetworkInterface(r.String(), r.String(), r.Bytes(), r.Int(), r.List(static r => new InterfaceAddress(r.Address()!, r.Int())))),
        r.List(static r => new NetworkRoute(r.Address()!, r.Int(), r.Address(), r.String())));

    public static ReadOnlyMemory<byte> Encode(InitError error)
    {
        WireWriter w = new(SyncMessage.Error);
        w.Byte((byte)error.Step);
        w.Int(error.Errno);
        w.String(error.Message);
        return w.Finish();
    }

    public static InitError DecodeError(WireReader r) => new((InitStep)r.Byte(), r.Int(), r.String());

    /// <summary>Ready and Go have no body.</summary>
    public static ReadOnlyMemory<byte> Encode(SyncMessage bare) => new WireWriter(bare).Finish();

    private static void WriteMount(WireWriter w, MountSpec mount)
    {
        w.Byte((byte)mount.Kind);
        w.String(mount.Source);
        w.String(mount.Destination);
        w.ULong(mount.Flags);
        w.ULong(mount.Propagation);
        w.Bool(mount.Recursive);
        w.String(mount.Data);
        w.Bool(mount.WritableBelow);
    }

    private static MountSpec ReadMount(WireReader r) =>
        new((MountKind)r.Byte(), r.String(), r.String(), r.ULong(), r.ULong(), r.Bool(), r.String()) { WritableBelow = r.Bool() };

    private static void WriteDevice(WireWriter w, DeviceSpec device)
    {
        w.String(device.Path);
        w.Byte((byte)device.Type);
        w.UInt(device.Major);
        w.UInt(device.Minor);
        w.UInt(device.Mode);
        w.UInt(device.Uid);
        w.UInt(device.Gid);
    }

    private static DeviceSpec ReadDevice(WireReader r) =>
        new(r.String(), (char)r.Byte(), r.UInt(), r.UInt(), r.UInt(), r.UInt(), r.UInt());

    private static void WriteProcess(WireWriter w, ProcessSpec process)
    {
        w.List(process.Arguments, static (w, text) => w.String(text));
        w.List(process.Environment, static (w, text) => w.String(text));
        w.String(process.WorkingDirectory);
        w.String(process.User);
        w.List(process.AdditionalGroups, static (w, text) => w.String(text));
        w.Bool(process.Terminal);
        w.Int(process.ConsoleHeight);
        w.Int(process.ConsoleWidth);
        w.List(process.Rlimits, static (w, limit) =>
        {
            w.Int(limit.Resource);
            w.ULong(limit.Soft);
            w.ULong(limit.Hard);
        });
        w.ULong(process.Capabilities.Bounding);
        w.ULong(process.Capabilities.Permitted);
        w.ULong(process.Capabilities.Effective);
        w.Bool(process.NoNewPrivileges);
        w.Bool(process.OomScoreAdjust is not null);
        w.Int(process.OomScoreAdjust ?? 0);
        w.Bytes(process.SeccompFilter);
        w.String(process.AppArmorProfile);
        w.String(process.SessionKeyring);
        w.Bool(process.Init);
    }

    private static ProcessSpec ReadProcess(WireReader r)
    {
        return new ProcessSpec
        {
            Arguments = r.List(static r => r.String()),
            Environment = r.List(static r => r.String()),
            WorkingDirectory = r.String(),
            User = r.String(),
            AdditionalGroups = r.List(static r => r.String()),
            Terminal = r.Bool(),
            ConsoleHeight = (ushort)r.Int(),
            ConsoleWidth = (ushort)r.Int(),
            Rlimits = r.List(static r => new RlimitSpec(r.Int(), r.ULong(), r.ULong())),
            Capabilities = new CapabilitySpec(r.ULong(), r.ULong(), r.ULong()),
            NoNewPrivileges = r.Bool(),
            OomScoreAdjust = Optional(r.Bool(), r.Int()),
            SeccompFilter = r.Bytes(),
            AppArmorProfile = r.String(),
            SessionKeyring = r.String(),
            Init = r.Bool(),
        };
    }

    private static int? Optional(bool present, int value) => present ? value : null;
}
