using Rtd.Daemon.Plugins;
using Rtd.Daemon.Volumes;
using Rtd.Daemon.Volumes.Remote;

namespace Rtd.Tests.Unit.Containers.Fakes;

/// <summary>Volume drivers on a machine without plugins.</summary>
internal static class FakePlugins
{
    public static VolumeDrivers Drivers(IVolumeTrees trees, string execRoot) =>
        new(trees, null, new PluginRegistry(new PluginDirectories([], [])), new MountNotes(Path.Combine(execRoot, "volumes")));
}
