namespace Rtd.Tests.Integration.Hosting;

/// <summary>Needs what the integration tests need, and a disk below them whose use is counted and can be limited.</summary>
public sealed class BlockDeviceTheoryAttribute : TheoryAttribute
{
    public BlockDeviceTheoryAttribute() => Skip = Prerequisites.Missing ?? (BlockDevice.Path is null ? "/var/tmp is on no block device" : null);
}
