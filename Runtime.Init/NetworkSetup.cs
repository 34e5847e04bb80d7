using Rtd.Protocol.Spec;

namespace Rtd.Init;

internal static class NetworkSetup
{
    public static void Apply(NetworkState state) => _ = state;
}
