namespace Rtd.Daemon.Builds.Dockerfiles.Arguments;

/// <summary>The ARGs that tell of platforms: there without being declared before FROM, in a stage once it declares them.</summary>
internal static class PlatformArguments
{
    /// <param name="build">This machine, as <c>os/architecture[/variant]</c>.</param>
    /// <param name="target">What is built for.</param>
    public static Dictionary<string, string> For(string build, string target)
    {
        Dictionary<string, string> arguments = [];
        Add(arguments, "BUILD", build);
        Add(arguments, "TARGET", target);
        return arguments;
    }

    private static void Add(Dictionary<string, string> arguments, string prefix, string platform)
    {
        string[] parts = platform.Split('/');
        arguments[prefix + "PLATFORM"] = platform;
        arguments[prefix + "OS"] = parts[0];
        arguments[prefix + "ARCH"] = parts.ElementAtOrDefault(1) ?? "";
        arguments[prefix + "VARIANT"] = parts.ElementAtOrDefault(2) ?? "";
    }
}
