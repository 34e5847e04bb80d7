using System.Diagnostics;

namespace Rtd.Tests.Integration.Security;

/// <summary>A C program that puts a filter on itself, then makes system calls or runs another program. Built once per test run.</summary>
public sealed class SeccompProbe : IDisposable
{
    private const string Source = """
        #define _GNU_SOURCE
        #include <errno.h>
        #include <fcntl.h>
        #include <linux/filter.h>
        #include <linux/seccomp.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <sys/prctl.h>
        #include <sys/syscall.h>
        #include <unistd.h>

        /* A system call of 32-bit x86, made from a 64-bit process. */
        static long call_i386(long nr, long a, long b, long c) {
            long result;
            __asm__ volatile("int $0x80" : "=a"(result) : "a"(nr), "b"(a), "c"(b), "d"(c), "S"(0), "D"(0) : "memory", "r8", "r9", "r10", "r11");
            return (int)result;
        }

        int main(int argc, char **argv) {
            static char code[65536];
            int fd = open(argv[1], O_RDONLY);
            long size = read(fd, code, sizeof code);
            struct sock_fprog program = { size / 8, (void *)code };
            close(fd);
            prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
            if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0) {
                perror("seccomp");
                return 99;
            }
            if (strcmp(argv[2], "exec") == 0) {
                execvp(argv[3], argv + 3);
                perror("execvp");
                return 98;
            }
            long n[6] = { 0 };
            for (int i = 3; i < argc && i < 9; i++) n[i - 3] = (long)strtoull(argv[i], 0, 0);
            long result;
            if (strcmp(argv[2], "i386") == 0) {
                result = call_i386(n[0], n[1], n[2], n[3]);
                printf("%d\n", result < 0 ? (int)-result : 0);
            } else {
                result = syscall(n[0], n[1], n[2], n[3], n[4], n[5]);
                if (result == 0 && n[0] == SYS_clone) _exit(0);
                printf("%d\n", result < 0 ? errno : 0);
            }
            return 0;
        }
        """;

    private readonly string _directory = Directory.CreateTempSubdirectory("rtd-seccomp-").FullName;

    public SeccompProbe()
    {
        File.WriteAllText(Path.Combine(_directory, "probe.c"), Source);
        (int status, string output) = Run("cc", "-O1", "-w", "-o", Path.Combine(_directory, "probe"), Path.Combine(_directory, "probe.c"));
        if (status != 0)
        {
            throw new InvalidOperationException($"cc: {output}");
        }
    }

    /// <summary>Makes a native call (or one of <paramref name="abi"/> "i386") under a filter and returns its errno, 0 for success.</summary>
    internal int Errno(byte[] filter, string abi, params ulong[] call)
    {
        (int status, string output) = Probe(filter, [abi, .. call.Select(value => value.ToString())]);
        return status == 0 ? int.Parse(output) : throw new InvalidOperationException($"probe exited {status}: {output}");
    }

    /// <summary>Runs a program under a filter: exit status, and output and errors together.</summary>
    internal (int Status, string Output) Execute(byte[] filter, params string[] command) => Probe(filter, ["exec", .. command]);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private (int Status, string Output) Probe(byte[] filter, string[] arguments)
    {
        string file = Path.Combine(_directory, Path.GetRandomFileName());
        File.WriteAllBytes(file, filter);
        return Run(Path.Combine(_directory, "probe"), [file, .. arguments]);
    }

    private static (int Status, string Output) Run(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }
}
