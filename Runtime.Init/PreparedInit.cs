using Rtd.Protocol.Sync;
using Rtd.Protocol.Syscalls;

namespace Rtd.Init;

/// <summary>Waits to be told which container it is to become; until then it is in new pid and network namespaces only.</summary>
internal static class PreparedInit
{
    public static void Run(SyncSocket sync)
    {
        ulong namespaces = SpecCodec.DecodeAdopt(sync.Receive(SyncMessage.Adopt));
        sync.TakeStdio();
        Libc.unshare(namespaces, "the container's namespaces");
        ContainerInit.Run(sync);
    }
}
