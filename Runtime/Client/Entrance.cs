using Rtd.Client.CommandLine;
using Rtd.Client.Completion;
using Rtd.Client.Configuration;
using Rtd.Client.Templates;
using Rtd.Client.Terminal;

namespace Rtd.Client;

/// <summary>From argv to an exit code: global options, the verb, and how each kind of failure is told.</summary>
internal static class Entrance
{
    public static int Run(string[] args, TextSink output, TextSink error)
    {
        Command? command = null;
        string name = "";
        try
        {
            GlobalArguments global = GlobalArguments.Read(args);
            if (global.WantsVersion)
            {
                output.WriteLine($"rtctl version {ClientVersion.Number}");
                return 0;
            }

            string[] rest = global.Rest;
            bool wantsHelp = global.WantsHelp || rest.Length == 0 || rest[0] == "help";
            if (wantsHelp)
            {
                return Help(output, rest.Length > 0 && rest[0] == "help" ? rest[1..] : []);
            }

            if (rest[0] == Completer.Verb)
            {
                return new Completer(Context(global, output, error)).Run(rest.AsSpan(1));
            }

            if (CommandTable.IsGroup(rest[0]))
            {
                return RunInGroup(global, rest, output, error, out command, out name);
            }

            name = rest[0];
            command = CommandTable.Find(name) ?? throw new ClientException($"rtctl: unknown command: rtctl {name}\n\nRun 'rtctl --help' for more information");
            return command.Run(Context(global, output, error), name, rest.AsSpan(1));
        }
        catch (UsageException failure)
        {
            Tell(output, error, failure.Message + "\n\n" + HelpPrinter.UsageHint(command, name));
            return failure.ExitCode;
        }
        catch (TemplateException failure)
        {
            Tell(output, error, failure.Message);
            return 1;
        }
        catch (ClientException failure)
        {
            return Fail(failure, command, name, output, error);
        }
    }

    private static int RunInGroup(GlobalArguments global, string[] rest, TextSink output, TextSink error, out Command? command, out string name)
    {
        command = null;
        name = rest[0];
        if (rest.Length == 1 || rest[1] is "--help" or "-h" or "help")
        {
            // A group alone is an incomplete command: its help is then a complaint, not output.
            HelpPrinter.PrintGroup(rest.Length == 1 ? error : output, rest[0]);
            error.Flush();
            return 0;
        }

        name = rest[0] + " " + rest[1];
        command = CommandTable.Find(name) ?? throw new ClientException(
            $"rtctl: unknown command: rtctl {name}\n\nUsage:  rtctl {rest[0]}\n\nRun 'rtctl {rest[0]} --help' for more information");
        return command.Run(Context(global, output, error), name, rest.AsSpan(2));
    }

    private static int Help(TextSink output, string[] topic)
    {
        if (topic.Length == 0)
        {
            HelpPrinter.PrintProgram(output);
            return 0;
        }

        string name = string.Join(' ', topic);
        if (topic.Length == 1 && CommandTable.IsGroup(name))
        {
            HelpPrinter.PrintGroup(output, name);
            return 0;
        }

        Command command = CommandTable.Find(name) ?? throw new ClientException($"unknown help topic: {name}");
        HelpPrinter.PrintCommand(output, command, name);
        return 0;
    }

    private static ClientContext Context(GlobalArguments global, TextSink output, TextSink error)
    {
        ConfigFile LoadConfig() => LoadConfigOrWarn(global.ConfigDirectory, output, error);
        return new ClientContext(() => global.Connect(LoadConfig), output, error, LoadConfig);
    }

    /// <summary>A broken file is no reason not to work: its settings are then the defaults.</summary>
    private static ConfigFile LoadConfigOrWarn(string directory, TextSink output, TextSink error)
    {
        try
        {
            return ConfigFile.Load(directory);
        }
        catch (ClientException failure)
        {
            Tell(output, error, "WARNING: " + failure.Message);
            return ConfigFile.Empty(directory);
        }
    }

    /// <summary>Docker run and create name the program, point to the help and exit with 125; other verbs say the message alone.</summary>
    private static int Fail(ClientException failure, Command? command, string name, TextSink output, TextSink error)
    {
        TerminalMode.RestoreAll();
        if (failure.Message.Length == 0)
        {
            output.Flush();
            return failure.ExitCode;
        }

        if (command?.FailureCode is { } code && failure is not (RunStartedException or WrongArgumentsException))
        {
            Tell(output, error, $"rtctl: {failure.Message}\n\nRun 'rtctl {name} --help' for more information");
            return code(failure);
        }

        Tell(output, error, failure.Message);
        return failure.ExitCode;
    }

    private static void Tell(TextSink output, TextSink error, string message)
    {
        TerminalMode.RestoreAll();
        output.Flush();
        error.WriteLine(message);
        error.Flush();
    }
}
