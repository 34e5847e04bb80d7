namespace Rtd.Daemon;

internal static class Program
{
    private static int Main(string[] args)
    {
        if (args is ["spawn-stress", .. string[] rest])
        {
            return Execution.SpawnStress.Run(rest);
        }

        Console.Error.WriteLine("rtd: not assembled yet");
        return 1;
    }
}
