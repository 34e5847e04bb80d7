using BenchmarkDotNet.Attributes;

namespace Rtd.Tests.InnerLoops;

/// <summary>Containers made and never started; they add up, so that there are few.</summary>
[InvocationCount(64)]
public class CreateLoops : IDisposable
{
    private static readonly byte[] s_body = """
        {"Hostname":"","Domainname":"","User":"","AttachStdin":false,"AttachStdout":true,"AttachStderr":true,"Tty":false,"OpenStdin":false,"StdinOnce":false,
        "Env":["A=b"],"Cmd":["sleep","1000"],"Image":"busybox","Volumes":{},"WorkingDir":"","Entrypoint":null,"OnBuild":null,"Labels":{"com.example.tier":"front"},
        "HostConfig":{"Binds":null,"ContainerIDFile":"","LogConfig":{"Type":"","Config":{}},"NetworkMode":"default","PortBindings":{},
        "RestartPolicy":{"Name":"no","MaximumRetryCount":0},"AutoRemove":false,"CapAdd":null,"CapDrop":null,"Dns":[],"DnsOptions":[],"DnsSearch":[],"Privileged":false,
        "ReadonlyRootfs":false,"ShmSize":0,"CpuShares":0,"Memory":0,"Devices":[],"MaskedPaths":null,"ReadonlyPaths":null},"NetworkingConfig":{"EndpointsConfig":{}}}
        """u8.ToArray();

    private readonly ApiUnderLoad _api = new();

    [GlobalCleanup]
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _api.Dispose();
    }

    [Benchmark(Description = "create")]
    public void Create() => _api.Serve("POST", "/v1.51/containers/create", s_body);
}
