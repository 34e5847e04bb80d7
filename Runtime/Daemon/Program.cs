namespace Rtd.Daemon;

internal static class Program
{
    private static int Main(string[] args)
    {
        Console.Error.WriteLine("rtd: not assembled yet");
        return 1;
    }
}
