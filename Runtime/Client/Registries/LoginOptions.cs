using CommandLine;

namespace Rtd.Client.Registries;

/// <summary>Options of login.</summary>
internal sealed partial class LoginOptions
{
    [Option('p', "password", MetaValue = "string", HelpText = "Password or access token")]
    public string? Password { get; set; }

    [Option("password-stdin", HelpText = "Read the password from standard input")]
    public bool PasswordStdin { get; set; }

    [Option('u', "username", MetaValue = "string", HelpText = "User name")]
    public string? Username { get; set; }
}
