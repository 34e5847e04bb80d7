using System.Text;
using Rtd.Protocol.Spawn;
using Rtd.Protocol.Syscalls;

namespace Rtd.Init;

/// <summary>Finds the command as the user would, with the user's rights, and executes it. Messages are those that clients map to 126 and 127.</summary>
internal static class CommandLookup
{
    public static string Find(string command, IReadOnlyList<string> environment)
    {
        if (command.Contains('/'))
        {
            int error = Check(command);
            return error == 0 ? command : throw new InitException(error, $"exec: \"{command}\": {Explain(command, error)}");
        }

        string path = environment.LastOrDefault(static entry => entry.StartsWith("PATH=", StringComparison.Ordinal))?["PATH=".Length..] ?? "";
        foreach (string directory in path.Split(':'))
        {
            string candidate = directory.Length == 0 ? "./" + command : $"{directory}/{command}";
            if (command.Length > 0 && Check(candidate) == 0)
            {
                return candidate;
            }
        }

        throw new InitException(Libc.ENOENT, $"exec: \"{command}\": executable file not found in $PATH");
    }

    public static unsafe void Execute(string path, IReadOnlyList<string> arguments, IReadOnlyList<string> environment)
    {
        using NativeStrings argv = new(arguments);
        using NativeStrings envp = new(environment);
        fixed (byte* pathname = Encoding.UTF8.GetBytes(path + "\0"))
        {
            throw Failure(path, -Libc.try_execve(pathname, argv.Pointer, envp.Pointer));
        }
    }

    /// <summary>What stands for the errno of an execve.</summary>
    public static InitException Failure(string path, int errno) => new(errno, $"exec {path}: {Libc.strerror(errno)}");

    /// <summary>0, ENOENT …, EISDIR, or EACCES.</summary>
    private static int Check(string path)
    {
        int status = Libc.try_statx(Libc.AT_FDCWD, path, 0, out Libc.statx_t found);
        if (status != 0)
        {
            return -status;
        }

        return found.Type == Libc.S_IFDIR ? Libc.EISDIR : -Libc.try_faccessat(Libc.AT_FDCWD, path, Libc.X_OK, 0);
    }

    private static string Explain(string command, int error) => error switch
    {
        Libc.EISDIR => "is a directory: permission denied",
        Libc.EACCES => "permission denied",
        _ => $"stat {command}: {Libc.strerror(error)}",
    };
}
