namespace Rtd.Daemon.Security.Seccomp;

/// <summary>libseccomp's <c>enum scmp_compare</c>.</summary>
internal enum ArgumentComparison
{
    NotEqual = 1,
    Less = 2,
    LessOrEqual = 3,
    Equal = 4,
    GreaterOrEqual = 5,
    Greater = 6,
    MaskedEqual = 7,
}
