using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Spawn;

namespace Rtd.Daemon.UserNamespaces;

/// <summary>The ids of a user namespace. Both maps have an id 0.</summary>
internal sealed record IdMaps(IdMap Uids, IdMap Gids)
{
    /// <summary>The host's uid of the root inside.</summary>
    public uint RootUid => Uids.ToOutside(0)!.Value;

    /// <summary>The host's gid of the root's group inside.</summary>
    public uint RootGid => Gids.ToOutside(0)!.Value;

    /// <summary>A new user namespace with these ids.</summary>
    public SafeFileHandle MakeNamespace() => Spawner.MakeUserNamespace(Uids.ToString(), Gids.ToString());
}
