namespace Rtd.Client;

internal static class Program
{
    private static int Main(string[] args)
    {
        Console.Error.WriteLine("rtctl: not assembled yet");
        return 125;
    }
}
