using System.Globalization;
using Rtd.Daemon.Security;
using Rtd.Daemon.Security.Seccomp;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.Security.Escapes;

/// <summary>Every system call, tried inside a container through each of the machine's doors, and held against the profile.</summary>
public sealed class SyscallTableTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    /// <summary>Beyond the newest call of any kernel that is known today.</summary>
    private const int Calls = 480;

    private const int Uretprobe = 335, Uprobe = 336;

    private const uint AuditX64 = 0xC000003E, AuditX86 = 0x40000003, X32Bit = 0x40000000, Errno = 0x00050000, ErrnoMask = 0xffff;

    /// <summary>The number is of calls that the filter alone denies, at least; fewer would mean that nothing was tested. (A kernel without x32 answers no call of it.)</summary>
    [RootTheory]
    [InlineData("x86-64", 60)]
    [InlineData("i386", 60)]
    [InlineData("x32", 0)]
    public async Task Filter_decides_on_every_call_as_the_profile_says(string door, int least)
    {
        byte[] filter = new SeccompCompiler().CompileDefault(Capabilities.Default);

        IReadOnlyDictionary<int, int> confined = await ProbeAsync(door), open = await ProbeAsync(door, "--security-opt", "seccomp=unconfined");

        int deniedByFilter = 0;
        List<string> wrong = [];
        for (int number = 0; number < Calls; number++)
        {
            if (door == "x86-64" && number is (Uretprobe or Uprobe))
            {
                // The kernel's own trampolines make them, past every filter (Linux 6.14): for anybody else they fail.
                continue;
            }

            uint action = Decide(filter, door, (uint)number);
            if ((action & ~ErrnoMask) == Errno)
            {
                deniedByFilter += confined[number] == open[number] ? 0 : 1;
                if (confined[number] != (int)(action & ErrnoMask))
                {
                    wrong.Add($"{door} call {number} is to give errno {action & ErrnoMask} and gives {confined[number]}");
                }
            }
            else if (confined[number] != open[number])
            {
                wrong.Add($"{door} call {number} is allowed and gives {confined[number]}, without a filter {open[number]}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.True(deniedByFilter >= least, $"only {deniedByFilter} calls differ from a container without a filter");
    }

    /// <summary>All arguments are -1, as the probe gives them.</summary>
    private static uint Decide(byte[] filter, string door, uint number)
    {
        ulong all = door == "i386" ? uint.MaxValue : ulong.MaxValue;
        return SockFilterInterpreter.Run(filter, door == "i386" ? AuditX86 : AuditX64, door == "x32" ? number | X32Bit : number, all, all, all, all, all, all);
    }

    private async Task<IReadOnlyDictionary<int, int>> ProbeAsync(string door, params string[] options)
    {
        string program = await StaticProgram.SyscallsAsync();
        CommandResult result = (await DockerAsync(["run", "--rm", .. options, "-v", $"{program}:/syscalls:ro", "busybox", "/syscalls", door, "0", Calls.ToString(CultureInfo.InvariantCulture)])).Exits(0);
        return result.Lines.Select(line => line.Split(' ')).ToDictionary(words => int.Parse(words[0], null), words => int.Parse(words[1], null));
    }
}
