using Rtd.Client.Terminal;

namespace Rtd.Client.Builds;

/// <summary>What <c>--progress</c> says.</summary>
internal static class BuildProgress
{
    /// <exception cref="ClientException">It is none of the words, or asks for a terminal where there is none.</exception>
    public static bool IsLive(string text, TextSink output) => text switch
    {
        "auto" or "" => output.IsTerminal,
        "plain" => false,
        "tty" => output.IsTerminal ? true : throw new ClientException("--progress tty: standard output is not a terminal"),
        _ => throw new ClientException($"invalid progress type \"{text}\": auto, plain or tty"),
    };
}
