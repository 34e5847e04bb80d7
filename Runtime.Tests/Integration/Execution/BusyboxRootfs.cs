namespace Rtd.Tests.Integration.Execution;

/// <summary>A plain directory with busybox as a root file system, removed at the end.</summary>
internal sealed class BusyboxRootfs : IDisposable
{
    private const string Busybox = "/bin/busybox";

    public BusyboxRootfs()
    {
        Path = Directory.CreateTempSubdirectory("rtd-rootfs-").FullName;
        File.SetUnixFileMode(Path, (UnixFileMode)0x1ed);
        foreach (string directory in (string[])["bin", "etc", "tmp", "proc", "sys", "dev", "root"])
        {
            Directory.CreateDirectory($"{Path}/{directory}");
        }

        File.Copy(Busybox, $"{Path}/bin/busybox");
        File.SetUnixFileMode($"{Path}/bin/busybox", (UnixFileMode)0x1ed);
        foreach (string applet in (string[])["sh", "ls", "cat", "echo", "id", "true", "false", "sleep", "hostname", "stat", "tty", "stty", "env", "pwd", "grep", "ps", "kill", "mount", "touch"])
        {
            File.CreateSymbolicLink($"{Path}/bin/{applet}", "busybox");
        }

        File.WriteAllText($"{Path}/etc/passwd", "root:x:0:0:root:/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\n1234:x:0:0:::/bin/sh\n");
        File.WriteAllText($"{Path}/etc/group", "root:x:0:\nalice:x:1000:\nwheel:x:10:alice\n");
    }

    public string Path { get; }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
