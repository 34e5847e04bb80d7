namespace Rtd.Daemon.Cgroups;

/// <summary>A rule of the device controller.</summary>
/// <param name="Type">'a', 'b' or 'c'.</param>
/// <param name="Major">null is any.</param>
/// <param name="Access">A subset of "rwm".</param>
internal sealed record DeviceRule(bool Allow, char Type, uint? Major, uint? Minor, string Access);
