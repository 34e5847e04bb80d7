namespace Rtd.Client.Terminal;

/// <summary>Whoever read our output has gone: the program ends quietly, as SIGPIPE would end it.</summary>
internal sealed class BrokenPipeException : Exception
{
    /// <summary>What a shell reports for a program ended by SIGPIPE.</summary>
    public const int ExitCode = 128 + 13;
}
