using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Mounts;
using Rtd.Protocol.Netlink;
using Rtd.Protocol.Spawn;
using Rtd.Protocol.Spec;
using Rtd.Protocol.Sync;
using Rtd.Protocol.Syscalls;

namespace Rtd.Init;

/// <summary>
/// The parent of a container that another OCI runtime makes: it holds the root file system in a mount namespace of its own, has the runtime create and start,
/// adopts the container's first process, and ends with its exit code.
/// </summary>
/// <remarks>A runtime's <c>create</c> leaves the container's process behind as an orphan, which only a subreaper can adopt; the daemon is none, or it would have to reap what others leave.</remarks>
internal static class RuntimeParent
{
    private const string Path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    public static void Run(SyncSocket sync)
    {
        Progress.Step = InitStep.ReadSpec;
        RuntimeSpec spec = RuntimeCodec.DecodeSpec(sync.Receive(SyncMessage.Runtime));
        Libc.setsid();
        Libc.prctl(Libc.PR_SET_CHILD_SUBREAPER, 1);
        Libc.close_range(3, uint.MaxValue, Libc.CLOSE_RANGE_CLOEXEC);

        Progress.Step = InitStep.MountRootfs;
        Rootfs.Separate();
        using Rootfs rootfs = Rootfs.Mount(spec.Rootfs, sync.Received);
        Progress.Step = InitStep.User;
        Identity identity = IdentityLookup.Find(rootfs.Fd, spec.User, spec.AdditionalGroups);
        Progress.Step = InitStep.WorkingDirectory;
        MountTarget.MakeDirectory(rootfs.Fd, spec.WorkingDirectory);
        sync.Send(RuntimeCodec.Encode(new RuntimeUser(identity.Uid, identity.Gid, identity.Groups, identity.Home)));

        // Now the daemon can write the bundle's configuration.
        sync.Receive(SyncMessage.Go);
        Progress.Step = InitStep.Execute;
        Execute(spec, ["create", .. spec.CreateArguments, spec.Id]);
        int pid = ReadPid(spec.PidFile);
        sync.Send(RuntimeCodec.EncodeCreated(pid));

        Progress.Step = InitStep.Network;
        ApplyNetwork(pid, SpecCodec.DecodeNetwork(sync.Receive(SyncMessage.Placed)));
        sync.Send(SyncMessage.Ready);

        sync.Receive(SyncMessage.Go);
        Progress.Step = InitStep.Execute;
        Execute(spec, ["start", spec.Id]);
        LetGoOfStdio();
        sync.Close();
        Environment.Exit(Attend(pid));
    }

    private static void Execute(RuntimeSpec spec, IReadOnlyList<string> arguments)
    {
        SpawnedProcess child = Spawner.Spawn(new SpawnRequest
        {
            ExecutableFd = Libc.AT_FDCWD,
            Path = spec.Program,
            Arguments = [spec.Program, .. spec.GlobalArguments, .. arguments],
            Environment = [Path],
        });
        using SafeFileHandle pidfd = child.Pidfd;
        int code = Libc.waitid_pidfd(pidfd.Fd(), block: true) ?? 0;
        if (code != 0)
        {
            // Why stands in its log, which the daemon reads.
            throw new InitException(0, $"{spec.Program} {arguments[0]} ended with exit code {code}");
        }
    }

    private static int ReadPid(string path)
    {
        using SafeFileHandle file = Libc.open(path, Libc.O_RDONLY);
        Span<byte> text = stackalloc byte[32];
        int count = Libc.try_read(file.Fd(), text);
        return int.TryParse(text[..Math.Max(count, 0)].TrimEnd((byte)'\n'), NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
            ? pid
            : throw new InitException(Libc.EINVAL, $"{path} holds no pid");
    }

    /// <summary>The runtime has made the namespace; links and addresses are the daemon's and ours, as for every container.</summary>
    private static void ApplyNetwork(int pid, NetworkState network)
    {
        if (!network.Loopback && network.Interfaces.Count == 0 && network.Routes.Count == 0)
        {
            return;
        }

        using SafeFileHandle target = Libc.open($"/proc/{pid}/ns/net", Libc.O_RDONLY);
        Libc.setns(target.Fd(), Libc.CLONE_NEWNET, "the container's network namespace");
        NetworkSetup.Apply(network);
    }

    /// <summary>The pipes are the container's: who reads from them is to see its end, and not ours.</summary>
    private static void LetGoOfStdio()
    {
        using SafeFileHandle nothing = Libc.open("/dev/null", Libc.O_RDWR);
        for (int fd = 0; fd <= 2; fd++)
        {
            Libc.dup2(nothing.Fd(), fd);
        }
    }

    private static int Attend(int pid)
    {
        Libc.sigset_t all = new() { bits = ulong.MaxValue };
        while (true)
        {
            while (Libc.waitid_any() is { } ended)
            {
                if (ended.Pid == pid)
                {
                    return ended.ExitCode;
                }
            }

            Libc.sigwaitinfo(all, out _);
        }
    }
}
