using System.Text;
using System.Text.Json;
using Rtd.Client.CommandLine;
using Rtd.Client.Json;
using Rtd.Client.Terminal;

namespace Rtd.Client.Containers;

/// <summary>--security-opt: checked, and seccomp profiles read from their files, since the daemon may not see them.</summary>
internal sealed class SecurityOptions
{
    /// <summary>What goes to the daemon.</summary>
    public List<string> Options { get; } = [];

    /// <summary>systempaths=unconfined: nothing masked, nothing read-only.</summary>
    public bool AreSystemPathsUnconfined { get; private set; }

    /// <exception cref="ClientException">An option is malformed, or a profile cannot be read.</exception>
    public static SecurityOptions Parse(IEnumerable<string> options)
    {
        SecurityOptions result = new();
        foreach (string option in options)
        {
            result.Add(option);
        }

        return result;
    }

    private void Add(string option)
    {
        if (option == "systempaths=unconfined")
        {
            AreSystemPathsUnconfined = true;
            return;
        }

        int separator = option.IndexOf('=');
        separator = separator < 0 ? option.IndexOf(':') : separator;
        if (separator < 0 && option != "no-new-privileges")
        {
            throw new ClientException($"Invalid --security-opt: {GoQuote.Quote(option)}");
        }

        string key = separator < 0 ? option : option[..separator];
        string value = separator < 0 ? "" : option[(separator + 1)..];
        Options.Add(key == "seccomp" && value is not ("unconfined" or "builtin") ? "seccomp=" + ReadProfile(value) : option);
    }

    private static string ReadProfile(string path)
    {
        try
        {
            using JsonDocument profile = JsonDocument.Parse(File.ReadAllBytes(path));
            StringBuilder compact = new();
            JsonText.Compact(profile.RootElement, compact);
            return compact.ToString();
        }
        catch (JsonException failure)
        {
            throw new ClientException($"compacting json for seccomp profile ({path}) failed: {failure.Message}");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            int errno = failure is UnauthorizedAccessException ? Libc.EACCES : Libc.ENOENT;
            throw new ClientException($"opening seccomp profile ({path}) failed: open {path}: {ErrnoText.Of(errno)}");
        }
    }
}
