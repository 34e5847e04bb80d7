using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rtd.Client.Json;
using Rtd.Client.Terminal;

namespace Rtd.Client.Registries;

/// <summary>Credentials kept by a program <c>docker-credential-NAME</c>: it is given a verb as its argument and JSON, or a registry's name, on standard input.</summary>
/// <remarks>The protocol is that of docker-credential-helpers. The file only notes which registries there are.</remarks>
internal sealed class HelperCredentials(string name, FileCredentials file) : CredentialStore
{
    /// <summary>The user name that says that the secret is an identity token.</summary>
    private const string TokenUser = "<token>";

    /// <summary>The one failure that is an answer.</summary>
    private const string NotFound = "credentials not found in native keychain";

    private readonly string _program = "docker-credential-" + name;

    public override bool IsPlain => false;

    public override Credentials Get(string registry)
    {
        (int exitCode, string output) = Run("get", registry, "getting");
        if (exitCode != 0)
        {
            return output == NotFound ? Credentials.None : throw Failure("getting", $"exit status {exitCode}", output);
        }

        try
        {
            using JsonDocument answer = JsonDocument.Parse(output);
            string user = answer.RootElement.Text("Username");
            string secret = answer.RootElement.Text("Secret");
            return user == TokenUser ? new Credentials("", "", secret, "", registry) : new Credentials(user, secret, "", "", registry);
        }
        catch (JsonException)
        {
            throw Failure("getting", "its answer is not JSON", "");
        }
    }

    public override bool Store(Credentials credentials)
    {
        bool isToken = credentials.IdentityToken.Length > 0;
        JsonObject entry = new()
        {
            ["ServerURL"] = credentials.Server,
            ["Username"] = isToken ? TokenUser : credentials.User,
            ["Secret"] = isToken ? credentials.IdentityToken : credentials.Password,
        };
        Demand("store", entry.ToJsonString(), "storing");
        file.StoreMark(credentials.Server);
        return true;
    }

    public override void Erase(string registry)
    {
        Demand("erase", registry, "erasing");
        file.Erase(registry);
    }

    private void Demand(string verb, string input, string doing)
    {
        (int exitCode, string output) = Run(verb, input, doing);
        if (exitCode != 0)
        {
            throw Failure(doing, $"exit status {exitCode}", output);
        }
    }

    private (int ExitCode, string Output) Run(string verb, string input, string doing)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(_program, [verb]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
            Feed(process, input);
            string output = process.StandardOutput.ReadToEnd().Trim();
            process.WaitForExit();
            return (process.ExitCode, output);
        }
        catch (Win32Exception failure)
        {
            string reason = failure.NativeErrorCode == Libc.ENOENT ? "executable file not found in $PATH" : ErrnoText.Of(failure.NativeErrorCode);
            throw Failure(doing, $"exec: \"{_program}\": {reason}", "");
        }
    }

    /// <summary>A helper that ends without reading says why on its output.</summary>
    private static void Feed(Process process, string input)
    {
        try
        {
            process.StandardInput.Write(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            return;
        }
    }

    private static ClientException Failure(string doing, string reason, string output) => new($"error {doing} credentials - err: {reason}, out: `{output}`");
}
