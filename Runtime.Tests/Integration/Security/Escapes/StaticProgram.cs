using Rtd.Tests.Integration.Hosting;

namespace Rtd.Tests.Integration.Security.Escapes;

/// <summary>C programs of <c>Programs/</c>, built statically so that they run in any container; once per test run.</summary>
internal static class StaticProgram
{
    private static readonly Lazy<Task<string>> s_escapes = new(() => BuildAsync("escapes"));
    private static readonly Lazy<Task<string>> s_syscalls = new(() => BuildAsync("syscalls"));

    /// <summary>Path of the built program with the attacks.</summary>
    public static Task<string> EscapesAsync() => s_escapes.Value;

    /// <summary>Path of the built program that makes every system call.</summary>
    public static Task<string> SyscallsAsync() => s_syscalls.Value;

    private static async Task<string> BuildAsync(string name)
    {
        string program = Path.Combine(Path.GetTempPath(), $"rtd-test-{name}-{Environment.ProcessId}");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => File.Delete(program);
        string source = Path.Combine(Tree.Top, "Runtime.Tests", "Integration", "Security", "Escapes", "Programs", $"{name}.c");
        (await Command.RunAsync(["cc", "-static", "-O1", "-o", program, source])).Exits(0);
        return program;
    }
}
