namespace Rtd.Init;

internal static class Program
{
    private static int Main(string[] args)
    {
        Console.Error.WriteLine("rtinit: to be started by rtd");
        return 1;
    }
}
