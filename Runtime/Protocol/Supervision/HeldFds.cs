namespace Rtd.Protocol.Supervision;

/// <summary>The names of what is held of a process.</summary>
internal static class HeldFds
{
    /// <summary>Writing end of its stdin pipe.</summary>
    public const string Stdin = "stdin";

    /// <summary>Reading ends of its output pipes; they are drained while there is no daemon.</summary>
    public const string Stdout = "stdout", Stderr = "stderr";

    /// <summary>Master of its terminal, drained as stdout.</summary>
    public const string Terminal = "terminal";

    /// <summary>The pipe in which the daemon has what it is working on, and what it has done with it.</summary>
    public const string StdoutInHand = "stdout-in-hand", StderrInHand = "stderr-in-hand", Ledger = "ledger";

    /// <summary>The file that a stream is drained into, in the directory that was named for it.</summary>
    public static string SpoolName(string stream) => $"spool.{stream}";

    /// <summary>Streams that are drained.</summary>
    public static bool IsOutput(string name) => name is Stdout or Stderr or Terminal;
}
