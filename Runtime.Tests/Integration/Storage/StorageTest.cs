using System.Diagnostics;
using System.Text;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Images;
using Rtd.Daemon.Storage;
using Rtd.Daemon.Storage.Layers;
using Rtd.Daemon.Storage.Trees;
using Rtd.Protocol.Syscalls;
using Rtd.Tests.Unit.Storage;
using Xunit;

namespace Rtd.Tests.Integration.Storage;

/// <summary>A data root of the test's own, and at its end the check that nothing half-made was left in it.</summary>
public abstract class StorageTest : IDisposable
{
    protected StorageTest()
    {
        Scratch = Directory.CreateTempSubdirectory("rtd-storage-").FullName;
    }

    protected string Scratch { get; }

    private readonly List<ImageService> _opened = [];

    protected string DataRoot => Path.Combine(Scratch, "data");

    public void Dispose()
    {
        Task.WaitAll(_opened.Select(service => service.Storage.TrashEmptied()).ToArray());
        foreach (string driver in (ReadOnlySpan<string>)["overlay2", "vfs"])
        {
            foreach (string empty in (ReadOnlySpan<string>)["stage", "trash", "mnt"])
            {
                string directory = Path.Combine(DataRoot, driver, empty);
                Assert.True(!Directory.Exists(directory) || !Directory.EnumerateFileSystemEntries(directory).Any(), $"{directory} is not empty");
            }
        }

        Run("rm", "-rf", Scratch);
        GC.SuppressFinalize(this);
    }

    internal ImageService Open(string? driver = null)
    {
        ImageService service = new(new StorageOptions(DataRoot, driver));
        service.Cleared.Wait();
        _opened.Add(service);
        return service;
    }

    /// <summary>Registers a layer and keeps it held.</summary>
    internal static LayerHold Layer(ImageService service, byte[] archive, string parent = "") =>
        service.Storage.LayerStore.Register(parent, new MemoryStream(archive), null, endMarker: false, CancellationToken.None);

    internal static LayerHold Layer(ImageService service, TarBuilder archive, string parent = "") => Layer(service, archive.Build(), parent);

    /// <summary>Where the layer's files are.</summary>
    internal static string Diff(ImageService service, LayerHold layer) => service.Storage.Layout.Diff(layer.ChainId);

    internal static Image Import(ImageService service, byte[] archive, string? name = null, params string[] changes) =>
        service.Import.Run(new MemoryStream(archive), name is null ? null : ImageReference.ParseTarget(name), changes, "", "", CancellationToken.None);

    internal static EngineException Refused(Action action)
    {
        EngineException error = Assert.Throws<EngineException>(action);
        Assert.Equal(ErrorKind.InvalidParameter, error.Kind);
        return error;
    }

    /// <summary>Runs a program, which must succeed, and returns what it printed.</summary>
    protected static string Run(params string[] command)
    {
        (int exit, string output, string error) = TryRun(command);
        Assert.True(exit == 0, $"{string.Join(' ', command)}: exit code {exit}: {error}");
        return output;
    }

    protected static (int Exit, string Output, string Error) TryRun(params string[] command)
    {
        ProcessStartInfo start = new(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }

    /// <summary>Runs a shell script in a mount namespace with the overlay mounted at $M, as rtinit would mount it.</summary>
    internal string InMounted(Rtd.Protocol.Spec.RootfsSpec rootfs, string script)
    {
        string mountPoint = Path.Combine(Scratch, "m");
        Directory.CreateDirectory(mountPoint);
        string mount = rootfs.Kind == Rtd.Protocol.Spec.RootfsKind.Overlay ? "mount -t overlay overlay -o \"$DATA\" \"$M\"" : "mount --bind . \"$M\"";
        return Run("unshare", "-m", "env", $"M={mountPoint}", $"DATA={rootfs.Data}", "sh", "-ec", $"cd '{rootfs.BaseDirectory}'; {mount}; cd \"$M\"; {script}");
    }

    /// <summary>One line for each file below a directory (type, mode, owner, times, link, content) and one for each xattr.</summary>
    protected static string[] Describe(string directory)
    {
        string files = Run("sh", "-c", $"cd '{directory}' && find . -printf '%p|%y|%m|%U:%G|%T@|%l|%n\\0' && find . -type f -print0 | xargs -0r sha256sum -z && find . \\( -type b -o -type c \\) -printf '%p ' -exec stat --printf '%t:%T\\0' {{}} \\;");
        string names = Run("sh", "-c", $"cd '{directory}' && find . -print0");
        return [.. files.Split('\0').Order(StringComparer.Ordinal), .. names.Split('\0', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal).SelectMany(name => Xattrs(directory, name))];
    }

    private static IEnumerable<string> Xattrs(string directory, string name)
    {
        byte[] path = RawName.From(Path.Combine(directory, name));
        byte[] list = new byte[4096];
        int length = Libc.try_llistxattr(path, list);
        Assert.True(length >= 0);
        foreach (string key in Encoding.UTF8.GetString(list, 0, length).Split('\0', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal))
        {
            byte[] value = new byte[4096];
            yield return $"{name} {key}={Convert.ToHexString(value, 0, Libc.try_lgetxattr(path, RawName.From(key), value))}";
        }
    }
}
