using Rtd.Daemon.Security;

namespace Rtd.Tests.Unit.Containers.Fakes;

/// <summary>A filter of one byte.</summary>
internal sealed class FakeSeccomp : ISeccompCompiler
{
    public bool Available => true;

    public string? Unavailable => null;

    public byte[] CompileDefault(ulong capabilities, bool keepQuotas = false) => [1];

    public byte[] Compile(string profile, ulong capabilities, bool keepQuotas = false) => [2];
}
