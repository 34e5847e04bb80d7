using System.Text.Json;
using Rtd.Client.Engine;
using Rtd.Client.Json;
using Rtd.Client.Streams;
using Rtd.Client.Terminal;

namespace Rtd.Client.Registries;

/// <summary>Checks credentials with a registry, by way of the daemon, and keeps them where the user's settings say.</summary>
internal static class RegistryLogin
{
    public static int Run(ClientContext context, LoginOptions options, List<string> arguments)
    {
        string server = RegistryAddress.Key(arguments.FirstOrDefault());
        string user = options.Username?.Trim() ?? "";
        string password = GivenPassword(context, options);
        CredentialStore store = CredentialStore.For(context.Config, server);
        Credentials stored = store.Get(server) with { Server = server };
        if (user.Length == 0 && password.Length == 0 && TryStored(context, store, stored, out string status))
        {
            Tell(context, status);
            return 0;
        }

        if (password.Length == 0 && !Libc.isatty(StandardStreams.Input))
        {
            throw new ClientException("Error: Cannot perform an interactive login from a non TTY device");
        }

        user = user.Length > 0 ? user : AskUser(context, stored.User);
        password = password.Length > 0 ? password : AskPassword(context);
        Tell(context, Check(context, store, new Credentials(user, password, "", "", server)));
        return 0;
    }

    private static void Tell(ClientContext context, string status) => context.Out.WriteLine(status.Length > 0 ? status : "Login Succeeded");

    private static bool TryStored(ClientContext context, CredentialStore store, Credentials stored, out string status)
    {
        status = "";
        bool isComplete = stored.User.Length > 0 && stored.Password.Length > 0;
        if (!isComplete)
        {
            return false;
        }

        context.Complain($"Authenticating with existing credentials... [Username: {stored.User}]\n\n Info -> To login with a different account, run 'rtctl logout' followed by 'rtctl login'\n\n");
        try
        {
            status = Check(context, store, stored);
            return true;
        }
        catch (EngineException failure)
        {
            context.Complain(failure.Status == 401 ? "Stored credentials invalid or expired" : $"Login did not succeed, error: {failure.Message}");
            return false;
        }
    }

    /// <summary>The daemon's status. What the registry accepts is stored, a token in the password's place when it gave one.</summary>
    private static string Check(ClientContext context, CredentialStore store, Credentials credentials)
    {
        using JsonDocument answer = context.Engine.PostJson("/auth", credentials.ToJson());
        string token = answer.RootElement.Text("IdentityToken");
        Save(context, store, token.Length > 0 ? credentials with { Password = "", IdentityToken = token } : credentials);
        return answer.RootElement.Text("Status");
    }

    private static void Save(ClientContext context, CredentialStore store, Credentials credentials)
    {
        bool isNew;
        try
        {
            isNew = store.Store(credentials);
        }
        catch (ClientException failure)
        {
            throw new ClientException("Error saving credentials: " + failure.Message);
        }

        if (isNew && store.IsPlain && credentials.Password.Length > 0)
        {
            context.Complain(
                $"\nWARNING! Your credentials are stored unencrypted in '{context.Config.Path}'.\nConfigure a credential helper to remove this warning. See\nhttps://docs.docker.com/go/credential-store/\n");
        }
    }

    private static string GivenPassword(ClientContext context, LoginOptions options)
    {
        if (!options.PasswordStdin)
        {
            if (options.Password is { Length: > 0 })
            {
                context.Complain("WARNING! Using --password via the CLI is insecure. Use --password-stdin.");
            }

            return options.Password?.Trim() ?? "";
        }

        if (options.Password is not null)
        {
            throw new ClientException("conflicting options: cannot specify both --password and --password-stdin");
        }

        if (string.IsNullOrEmpty(options.Username))
        {
            throw new ClientException("the --password-stdin option requires --username to be set");
        }

        using StreamReader reader = new(new DescriptorStream(StandardStreams.Input));
        string text = reader.ReadToEnd();
        return text.EndsWith('\n') ? text[..^1].TrimEnd('\r') : text;
    }

    private static string AskUser(ClientContext context, string before)
    {
        string answer = Ask(context, before.Length > 0 ? $"Username ({before}): " : "Username: ");
        answer = answer.Length > 0 ? answer : before;
        return answer.Length > 0 ? answer : throw new ClientException("Error: Non-null Username Required");
    }

    private static string AskPassword(ClientContext context)
    {
        string answer;
        using (HiddenInput.Enter(StandardStreams.Input))
        {
            answer = Ask(context, "Password: ");
            context.Out.WriteLine();
            context.Out.Flush();
        }

        return answer.Length > 0 ? answer : throw new ClientException("Error: Password Required");
    }

    /// <summary>A line of the terminal; byte by byte, since what follows it answers the next question.</summary>
    private static string Ask(ClientContext context, string prompt)
    {
        context.Out.Write(prompt);
        context.Out.Flush();
        List<byte> line = [];
        Span<byte> letter = stackalloc byte[1];
        while (Libc.read(StandardStreams.Input, letter) == 1 && letter[0] != (byte)'\n')
        {
            line.Add(letter[0]);
        }

        return System.Text.Encoding.UTF8.GetString([.. line]).Trim();
    }
}
