using Rtd.Client.Streams;
using Rtd.Client.Terminal;

namespace Rtd.Client.Containers;

internal static class TtyCheck
{
    /// <summary>A container's terminal needs one here to type on.</summary>
    /// <exception cref="ClientException">Input is wanted and is not a terminal.</exception>
    public static void Input(bool hasTerminal, bool hasInput)
    {
        if (hasTerminal && hasInput && !Libc.isatty(StandardStreams.Input))
        {
            throw new RunStartedException("the input device is not a TTY");
        }
    }
}
