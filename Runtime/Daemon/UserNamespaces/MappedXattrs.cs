using System.Buffers.Binary;

namespace Rtd.Daemon.UserNamespaces;

/// <summary>Ids in extended attributes, which the kernel shows to the daemon as the host's: ACL entries, and whose root a file's capabilities are for.</summary>
internal static class MappedXattrs
{
    /// <summary>struct vfs_cap_data, and struct vfs_ns_cap_data (Linux 4.14), of <c>linux/capability.h</c>.</summary>
    private const int CapabilitySize = 20, NamespacedCapabilitySize = 24;

    private const uint RevisionMask = 0xFF000000, Revision2 = 0x02000000, Revision3 = 0x03000000;

    /// <summary>A version, then entries of tag, permissions and id: <c>linux/posix_acl_xattr.h</c>.</summary>
    private const int AclHeader = 4, AclEntry = 8;

    private const ushort AclUser = 2, AclGroup = 8;

    /// <summary>The value as it is inside of what was read outside.</summary>
    public static byte[] ToInside(byte[] name, byte[] value, IdMaps maps)
    {
        if (IsCapability(name))
        {
            return value.Length == NamespacedCapabilitySize && BinaryPrimitives.ReadUInt32LittleEndian(value.AsSpan(CapabilitySize)) == maps.RootUid
                ? WithRevision(value[..CapabilitySize], Revision2)
                : value;
        }

        return IsAcl(name) ? Acl(value, maps.Uids.ToInside, maps.Gids.ToInside) : value;
    }

    /// <summary>The value to be set from outside for one that is meant inside.</summary>
    /// <exception cref="ArgumentException">It names an id that has none outside.</exception>
    public static byte[] ToOutside(byte[] name, byte[] value, IdMaps maps)
    {
        if (IsCapability(name) && value.Length == CapabilitySize)
        {
            byte[] namespaced = new byte[NamespacedCapabilitySize];
            value.CopyTo(namespaced, 0);
            BinaryPrimitives.WriteUInt32LittleEndian(namespaced.AsSpan(CapabilitySize), maps.RootUid);
            return WithRevision(namespaced, Revision3);
        }

        return IsAcl(name) ? Acl(value, id => Outside(id, maps.Uids), id => Outside(id, maps.Gids)) : value;
    }

    private static uint Outside(uint id, IdMap map) => map.ToOutside(id) ?? throw new ArgumentException($"Container ID {id} cannot be mapped to a host ID");

    private static byte[] Acl(byte[] value, Func<uint, uint> uid, Func<uint, uint> gid)
    {
        byte[] mapped = [.. value];
        for (int entry = AclHeader; entry + AclEntry <= mapped.Length; entry += AclEntry)
        {
            ushort tag = BinaryPrimitives.ReadUInt16LittleEndian(mapped.AsSpan(entry));
            if (tag is AclUser or AclGroup)
            {
                Span<byte> id = mapped.AsSpan(entry + 4, 4);
                BinaryPrimitives.WriteUInt32LittleEndian(id, (tag == AclUser ? uid : gid)(BinaryPrimitives.ReadUInt32LittleEndian(id)));
            }
        }

        return mapped;
    }

    private static byte[] WithRevision(byte[] capability, uint revision)
    {
        uint magic = BinaryPrimitives.ReadUInt32LittleEndian(capability);
        BinaryPrimitives.WriteUInt32LittleEndian(capability, (magic & ~RevisionMask) | revision);
        return capability;
    }

    /// <summary>Names end with a zero.</summary>
    private static bool IsCapability(byte[] name) => name.AsSpan().SequenceEqual("security.capability\0"u8);

    private static bool IsAcl(byte[] name) => name.AsSpan().StartsWith("system.posix_acl_"u8);
}
