namespace Rtd.Client.CommandLine;

/// <summary>Where the top-level help lists a verb.</summary>
internal enum CommandGroup
{
    Common,
    Management,
    Other,
}
