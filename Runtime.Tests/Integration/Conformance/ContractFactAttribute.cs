using Rtd.Tests.Integration.Hosting;

namespace Rtd.Tests.Integration.Conformance;

/// <summary>A fact about the contract itself; skipped with the reason where the file is not.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ContractFactAttribute : FactAttribute
{
    public ContractFactAttribute() => Skip = Prerequisites.Missing ?? (Contract.Instance is null ? "the API's contract is not here: RTD_TEST_CONTRACT names it" : null);
}
