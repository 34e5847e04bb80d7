using Rtd.Client.CommandLine;

namespace Rtd.Client.Containers;

/// <summary>What run and create share: everything a container can be made with, in parts by subject.</summary>
internal abstract class ContainerOptions : IOptionParts
{
    private readonly OptionPart<BasicOptions> _basic = new();
    private readonly OptionPart<LimitOptions> _limits = new();
    private readonly OptionPart<EndpointOptions> _endpoint = new();
    private readonly OptionPart<IsolationOptions> _isolation = new();
    private readonly OptionPart<StorageOptions> _storage = new();
    private readonly OptionPart<LifeOptions> _life = new();
    private readonly OptionPart<DeviceOptions> _devices = new();

    public BasicOptions Basic => _basic.Value;

    public LimitOptions Limits => _limits.Value;

    public EndpointOptions Endpoint => _endpoint.Value;

    public IsolationOptions Isolation => _isolation.Value;

    public StorageOptions Storage => _storage.Value;

    public LifeOptions Life => _life.Value;

    public DeviceOptions Devices => _devices.Value;

    public virtual IReadOnlyList<OptionPart> Parts => [_basic, _limits, _endpoint, _isolation, _storage, _life, _devices];
}
