using NLog;
using Rtd.Daemon.Configuration;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Startup;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon;

internal static class Program
{
    private const string Usage = """
        Usage:  rtd COMMAND

        The container engine's daemon.

        Commands:
          daemon      Run the daemon (see 'rtd daemon --help')

        Options:
          -v, --version   Print version information and quit
          -h, --help      Print this help and quit
        """;

    private static int Main(string[] args)
    {
        switch (args)
        {
            case ["daemon", .. string[] flags]:
                return RunDaemon(flags);
            case ["spawn-stress", .. string[] rest]:
                return Execution.SpawnStress.Run(rest);
            case ["-v" or "--version" or "version"]:
                Console.Out.WriteLine(VersionLine);
                return 0;
            case [] or ["-h" or "--help" or "help"]:
                Console.Out.WriteLine(Usage);
                return 0;
            default:
                Console.Error.WriteLine($"rtd: '{args[0]}' is not an rtd command.\nSee 'rtd --help'.");
                return 1;
        }
    }

    private static string VersionLine => $"rtd version {ProductVersion.Number}, build {ProductVersion.Commit}";

    private static void Validate(DaemonConfig config)
    {
        try
        {
            ConfigCheck.Check(config);
        }
        catch (Exception error) when (error is EngineException or ConfigurationException)
        {
            throw new ConfigurationException($"unable to configure the rtd daemon with file {config.ConfigFile}: {error.Message}", error);
        }
    }

    private static int RunDaemon(string[] arguments)
    {
        try
        {
            DaemonOptions flags = DaemonArguments.Parse(arguments);
            if (flags.Help == true || flags.Version == true)
            {
                Console.Out.WriteLine(flags.Help == true ? DaemonArguments.Help() : VersionLine);
                return 0;
            }

            DaemonConfig config = ConfigLoader.Load(flags);
            if (flags.Validate == true)
            {
                Validate(config);
                Console.Out.WriteLine("configuration OK");
                return 0;
            }

            DaemonLog.Configure(config.LogLevel, config.LogFormat);
            new DaemonProcess(flags, config).RunAsync().GetAwaiter().GetResult();
            return 0;
        }
        catch (ConfigurationException error)
        {
            Console.Error.WriteLine(error.IsUsage ? $"rtd: {error.Message}\nSee 'rtd daemon --help'." : $"rtd: {error.Message}");
            return 1;
        }
        catch (Exception error) when (error is EngineException or SyscallException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"rtd: failed to start daemon: {error.Message}");
            return 1;
        }
        finally
        {
            LogManager.Shutdown();
        }
    }
}
