using CommandLine;
using CommandLine.Text;

namespace Rtd.Daemon.Configuration;

/// <summary>The flags of <c>rtd daemon</c>.</summary>
internal static class DaemonArguments
{
    private const int HelpWidth = 120;

    /// <exception cref="ConfigurationException">The arguments make no sense.</exception>
    public static DaemonOptions Parse(IEnumerable<string> arguments)
    {
        using Parser parser = NewParser();
        return parser.ParseArguments<DaemonOptions>(ArgumentNormalizer.Normalize(arguments)).MapResult(
            options => options,
            errors => throw new ConfigurationException(string.Join("; ", errors.Select(Describe))) { IsUsage = true });
    }

    /// <summary>The help text of <c>rtd daemon --help</c>.</summary>
    public static string Help()
    {
        using Parser parser = NewParser();
        HelpText text = new("Usage:  rtd daemon [OPTIONS]\n\nThe container engine's daemon. Flags and /etc/rtd/daemon.json keys carry dockerd's names.\n\nOptions:")
        {
            AutoHelp = false,
            AutoVersion = false,
            AddDashesToOption = true,
            AdditionalNewLineAfterOption = false,
            MaximumDisplayWidth = HelpWidth,
        };
        return text.AddOptions(parser.ParseArguments<DaemonOptions>([])).ToString();
    }

    private static Parser NewParser() => new(settings =>
    {
        settings.AutoHelp = false;
        settings.AutoVersion = false;
        settings.AllowMultiInstance = true;
        settings.CaseSensitive = true;
        settings.HelpWriter = null;
    });

    private static string Describe(Error error) => error switch
    {
        NamedError named => $"invalid argument for \"--{named.NameInfo.LongName}\" flag",
        TokenError unknown => $"unknown flag: {unknown.Token}",
        _ => $"invalid arguments ({error.Tag})",
    };
}
