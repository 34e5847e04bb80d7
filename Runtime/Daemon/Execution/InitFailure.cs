using Rtd.Protocol.Sync;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Execution;

/// <summary>Turns what rtinit reports into the error and exit code that a Docker client knows.</summary>
internal static class InitFailure
{
    public static StartException ToException(InitError error)
    {
        bool ofCommand = error.Step is InitStep.FindCommand or InitStep.Execute;
        int exitCode = !ofCommand ? 128 : error.Errno == Libc.ENOENT ? 127 : 126;
        string what = ofCommand ? error.Message : $"{Describe(error.Step)}: {error.Message}";
        return new StartException(error.Step.ToString(), error.Errno, $"failed to create task for container: {what}", exitCode);
    }

    private static string Describe(InitStep step) => step switch
    {
        InitStep.ReadSpec => "read the container's spec",
        InitStep.JoinNamespaces => "join namespaces",
        InitStep.MountRootfs => "mount the root file system",
        InitStep.Mounts => "mount",
        InitStep.Devices => "make devices",
        InitStep.PivotRoot => "pivot to the root file system",
        InitStep.Cgroup => "set up the cgroup view",
        InitStep.Network => "set up the network",
        InitStep.Hostname => "set the host name",
        InitStep.Sysctl => "set sysctls",
        InitStep.MaskPaths => "mask paths",
        InitStep.Terminal => "open a terminal",
        InitStep.Keyring => "join the session keyring",
        InitStep.Rlimits => "set resource limits",
        InitStep.User => "resolve the user",
        InitStep.WorkingDirectory => "enter the working directory",
        InitStep.AppArmor => "set the AppArmor profile",
        InitStep.Capabilities => "set credentials",
        InitStep.Seccomp => "install the seccomp filter",
        InitStep.FindCommand => "find the command",
        _ => "execute the command",
    };
}
