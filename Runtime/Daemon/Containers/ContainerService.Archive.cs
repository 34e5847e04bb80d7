using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Containers.Archives;
using Rtd.Daemon.Containers.Launching;
using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Images;
using Rtd.Daemon.Storage.Compression;
using Rtd.Daemon.Storage.Files;
using Rtd.Daemon.Storage.Tar;
using Rtd.Daemon.UserNamespaces;
using Rtd.Protocol.Spec;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Containers;

internal sealed partial class ContainerService
{
    /// <summary>How long a start waits for copies to or from a container that does not run yet.</summary>
    private static readonly TimeSpan s_visitPatience = TimeSpan.FromSeconds(10);

    /// <summary>What a path in a container names.</summary>
    public async Task<ContainerPathStat> StatPathAsync(string reference, string? path)
    {
        ContainerPath wanted = ContainerPath.Parse(path);
        await using RootVisit visit = await VisitAsync(_store.Get(reference));
        PathLookup lookup = new(visit.Root, reference);
        using SafeFileHandle held = lookup.Open(wanted);
        return lookup.Describe(wanted, Libc.fstat(held.Fd(), wanted.Text));
    }

    /// <summary>Finds what a path in a container names and gives it as an archive.</summary>
    /// <param name="begin">Called with what was found; gives the stream to write to.</param>
    public async Task ReadArchiveAsync(string reference, string? path, Func<ContainerPathStat, Task<Stream>> begin, CancellationToken aborted)
    {
        ContainerPath wanted = ContainerPath.Parse(path);
        Container container = _store.Get(reference);
        await using RootVisit visit = await VisitAsync(container);
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(aborted, visit.Ending);
        PathLookup lookup = new(visit.Root, reference);
        using SafeFileHandle held = lookup.Open(wanted);
        Libc.statx_t status = Libc.fstat(held.Fd(), wanted.Text);
        using SafeFileHandle? parent = status.Type == Libc.S_IFDIR ? null : lookup.OpenParent(wanted);
        Stream output = await begin(lookup.Describe(wanted, status));
        Publish(container, "archive-path");
        await Blocking(() =>
        {
            ArchiveSource.Write(visit.Root, wanted, held, parent, new AsyncOnlyOutput(output, ending.Token), ending.Token);
            return true;
        });
    }

    /// <summary>Unpacks an archive, compressed or not, into a directory of a container.</summary>
    /// <param name="asUser">What is unpacked becomes the container's user's.</param>
    public async Task WriteArchiveAsync(string reference, string? path, bool noOverwriteDirNonDir, bool asUser, Stream archive, CancellationToken aborted)
    {
        ContainerPath destination = ContainerPath.Parse(path);
        Container container = _store.Get(reference);
        await using RootVisit visit = await VisitAsync(container);
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(aborted, visit.Ending);
        using SafeFileHandle directory = new PathLookup(visit.Root, reference).OpenDirectory(destination);
        RefuseReadonly(visit.Root, directory);
        string user = container.Record.Config.User;
        ExtractionOptions options = new(noOverwriteDirNonDir, asUser && user.Length > 0 ? ContainerUser.Find(visit.Root, user) : null);
        try
        {
            await Blocking(() => Extract(visit.Root, destination, options, archive, _files.DirectoryOf(container.Id), ending.Token));
        }
        catch (OperationCanceledException) when (visit.Ending.IsCancellationRequested)
        {
            throw EngineException.Conflict($"container {container.Id} was started or removed while files were copied to it");
        }

        Publish(container, "extract-to-dir");
    }

    private static bool Extract(ContainerRoot root, ContainerPath destination, ExtractionOptions options, Stream archive, string spool, CancellationToken cancelled)
    {
        try
        {
            using AsRoot owner = AsRoot.Of(root.Maps);
            using BlockingStream source = new(archive, cancelled);
            using Stream plain = Decompression.Open(source, out _);
            using ArchiveExtraction extraction = new(root, destination, options, spool);
            TarReader reader = new(plain);
            extraction.Run(reader, cancelled);
            reader.Drain(cancelled);
            return true;
        }
        catch (InvalidDataException damaged)
        {
            throw TarError.Archive(damaged.Message, damaged);
        }
    }

    private static void RefuseReadonly(ContainerRoot root, SafeFileHandle directory)
    {
        if (Libc.fstatfs_readonly(directory.Fd()))
        {
            bool rootfs = Libc.fstat(directory.Fd(), "").stx_mnt_id == Libc.fstat(root.Tree.Fd(), "/").stx_mnt_id;
            throw new EngineException(ErrorKind.Forbidden, rootfs ? "container rootfs is marked read-only" : "mounted volume is marked read-only");
        }
    }

    /// <summary>The root of a container: of its mount namespace while it runs, else put together for those who look at it now.</summary>
    private async Task<RootVisit> VisitAsync(Container container)
    {
        while (true)
        {
            // Beside the queue, so that a stop under way holds nobody up; the end of a run does not wait for visits.
            if (container.Run is { Process.HasExited: false } run)
            {
                if (RunningRoot.TryOpen(container, run) is { } root)
                {
                    return container.Visits.Enter(root);
                }

                await run.Ended;
            }

            using AsyncLock.Holder holder = await container.Queue.AcquireAsync();
            RefuseWhenGoing(container, "copy files of");
            if (container.Run is null)
            {
                return await container.Visits.EnterStoppedAsync(() => OpenStoppedAsync(container));
            }
        }
    }

    private async Task<ContainerRoot> OpenStoppedAsync(Container container)
    {
        ContainerRecord record = container.Record;
        string visitor = $"{record.Id}/visit";
        using Remapping? remapping = _defaults.RemapOf(record.HostConfig) is { } maps ? Remapping.Make(maps) : null;
        using MountSources sources = await MountSources.OpenAsync(record, _parts.Volumes, _parts.Layers, visitor, remapping);
        try
        {
            using SafeFileHandle? detached = remapping is null
                ? await _parts.Layers.OpenRootfsAsync(container.Id)
                : _parts.Layers.OpenMappedRootfs(container.Id, remapping);
            RootfsSpec rootfs = remapping is null ? _parts.Layers.Rootfs(container.Id) : new RootfsSpec(RootfsKind.Mapped, "/", "");
            (string, string)[] files =
            [
                (_files.HostsPath(container.Id), "/etc/hosts"), (_files.HostnamePath(container.Id), "/etc/hostname"), (_files.ResolvConfPath(container.Id), "/etc/resolv.conf"),
            ];
            SafeFileHandle tree = new StoppedRoot(record, rootfs, detached, sources, files, _files.MountPoint, remapping).Open();
            return new ContainerRoot(tree, record.Mounts, CloseAsync, remapping?.Maps);
        }
        catch
        {
            await CloseAsync();
            throw;
        }

        async Task CloseAsync()
        {
            await _parts.Layers.CloseRootfsAsync(container.Id);
            await MountSources.ReleaseAsync(record.Mounts, _parts.Volumes, visitor);
        }
    }
}
