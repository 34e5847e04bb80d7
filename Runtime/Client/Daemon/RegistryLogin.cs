using System.Text.Json;
using System.Text.Json.Nodes;
using Rtd.Client.CommandLine;
using Rtd.Client.Json;
using Rtd.Client.Streams;
using Rtd.Client.Terminal;

namespace Rtd.Client.Daemon;

/// <summary>Checks credentials with a registry, by way of the daemon, and keeps them in config.json.</summary>
internal static class RegistryLogin
{
    private const string DefaultServer = "https://index.docker.io/v1/";

    public static int Login(ClientContext context, LoginOptions options, List<string> arguments)
    {
        string server = Server(arguments);
        string user = options.Username ?? Ask(context, "Username: ", hidden: false);
        string password = Password(context, options);
        JsonObject body = new() { ["username"] = user, ["password"] = password, ["serveraddress"] = server };
        using JsonDocument answer = context.Engine.PostJson("/auth", body);
        context.Config.StoreAuth(server, user, password, answer.RootElement.Text("IdentityToken"));
        context.Out.WriteLine(answer.RootElement.Text("Status") is { Length: > 0 } status ? status : "Login Succeeded");
        return 0;
    }

    public static int Logout(ClientContext context, NoOptions options, List<string> arguments)
    {
        string server = Server(arguments);
        context.Out.WriteLine($"Removing login credentials for {server}");
        if (!context.Config.RemoveAuth(server))
        {
            context.Complain($"Not logged in to {server}");
        }

        return 0;
    }

    private static string Server(List<string> arguments)
    {
        string server = arguments.Count > 0 ? arguments[0] : DefaultServer;
        return server is "docker.io" or "index.docker.io" ? DefaultServer : server.Replace("https://", arguments.Count > 0 ? "" : "https://", StringComparison.Ordinal);
    }

    private static string Password(ClientContext context, LoginOptions options)
    {
        if (options.PasswordStdin)
        {
            if (options.Password is not null)
            {
                throw new ClientException("--password and --password-stdin are mutually exclusive");
            }

            return options.Username is null ? throw new ClientException("the --password-stdin option requires --username to be set") : ReadAll().TrimEnd('\n').TrimEnd('\r');
        }

        if (options.Password is null)
        {
            return Ask(context, "Password: ", hidden: true);
        }

        context.Complain("WARNING! Using --password via the CLI is insecure. Use --password-stdin.");
        return options.Password;
    }

    private static string ReadAll()
    {
        using StreamReader reader = new(new DescriptorStream(StandardStreams.Input));
        return reader.ReadToEnd();
    }

    private static string Ask(ClientContext context, string prompt, bool hidden)
    {
        if (!Libc.isatty(StandardStreams.Input))
        {
            throw new ClientException("Error: Cannot perform an interactive login from a non TTY device");
        }

        context.Out.Write(prompt);
        context.Out.Flush();
        using HiddenInput? mode = hidden ? HiddenInput.Enter(StandardStreams.Input) : null;
        using StreamReader reader = new(new DescriptorStream(StandardStreams.Input));
        string answer = reader.ReadLine() ?? "";
        if (hidden)
        {
            context.Out.WriteLine();
        }

        return answer.Length > 0 ? answer : throw new ClientException(hidden ? "Error: Password Required" : "Error: Non-null Username Required");
    }
}
