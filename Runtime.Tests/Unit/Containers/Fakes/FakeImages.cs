using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Images;

namespace Rtd.Tests.Unit.Containers.Fakes;

/// <summary>One image, busybox, whose config a test may fill.</summary>
internal sealed class FakeImages : IImageStore
{
    public const string Id = "sha256:1111111111111111111111111111111111111111111111111111111111111111";

    public ContainerConfig Config { get; } = new() { Cmd = ["sh"], Env = ["PATH=/bin"] };

    private Image Image => new(Id, new ImageConfig { Os = "linux", Architecture = "amd64", Config = Config }, "chain", 1000);

    public Image Get(string reference) => reference is "busybox" or Id ? Image : throw EngineException.NotFound($"No such image: {reference}:latest");

    public Image? Find(string id) => id == Id ? Image : null;
}
