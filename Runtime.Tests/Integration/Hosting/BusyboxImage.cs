namespace Rtd.Tests.Integration.Hosting;

/// <summary>The archive of the image that the tests run: made once per test run by the script that quickstart uses.</summary>
internal static class BusyboxImage
{
    private static readonly Lazy<Task<string>> s_archive = new(MakeAsync);

    /// <summary>Path of the tar archive.</summary>
    public static Task<string> ArchiveAsync() => s_archive.Value;

    private static async Task<string> MakeAsync()
    {
        string archive = Path.Combine(Path.GetTempPath(), $"rtd-test-busybox-{Environment.ProcessId}.tar");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => File.Delete(archive);
        (await Command.RunAsync([Path.Combine(Tree.Top, "scripts", "busybox-image"), archive])).Exits(0);
        return archive;
    }
}
