namespace Rtd.Daemon.Cgroups;

/// <summary>One write that sets a limit.</summary>
/// <param name="Controller">Which controller has the file.</param>
/// <param name="File">The control file.</param>
/// <param name="Value">What to write.</param>
/// <param name="Subject">What it is to a user, for errors: "memory limit".</param>
/// <param name="Alternative">The file's name on other kernels.</param>
/// <param name="AlternativeValue">The value there, when it differs.</param>
internal sealed record CgroupSetting(
    string Controller, string File, string Value, string Subject, string? Alternative = null, string? AlternativeValue = null);
