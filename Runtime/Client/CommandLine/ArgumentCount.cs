namespace Rtd.Client.CommandLine;

/// <summary>How many arguments a verb takes.</summary>
internal readonly record struct ArgumentCount(int Least, int Most)
{
    public static ArgumentCount None => new(0, 0);

    public static ArgumentCount Any => new(0, int.MaxValue);

    public static ArgumentCount AtMostOne => new(0, 1);

    public static ArgumentCount Exactly(int count) => new(count, count);

    public static ArgumentCount AtLeast(int count) => new(count, int.MaxValue);

    public static ArgumentCount Between(int least, int most) => new(least, most);

    /// <summary>What is wrong with a count, in docker's words, or null.</summary>
    public string? Complaint(int count)
    {
        if (count >= Least && count <= Most)
        {
            return null;
        }

        return (Least, Most) switch
        {
            (0, 0) => "accepts no arguments",
            (_, int.MaxValue) => $"requires at least {Least} argument{Plural(Least)}",
            (0, _) => $"requires at most {Most} argument{Plural(Most)}",
            _ when Least == Most => $"requires {Least} argument{Plural(Least)}",
            _ => $"requires at least {Least} and at most {Most} arguments",
        };
    }

    private static string Plural(int count) => count == 1 ? "" : "s";
}
