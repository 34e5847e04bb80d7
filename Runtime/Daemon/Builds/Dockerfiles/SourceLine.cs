using Rtd.Daemon.Images;

namespace Rtd.Daemon.Builds.Dockerfiles;

/// <summary>Where an instruction stands and how it was written.</summary>
/// <param name="Number">The line it begins on, from 1.</param>
/// <param name="Text">Its lines joined, without comments.</param>
internal sealed record SourceLine(int Number, string Text)
{
    private static readonly char[] s_blanks = [' ', '\t'];

    /// <summary>As <c>Step 1/5 : …</c> and errors print it: without the passwords of addresses that the engine itself goes to.</summary>
    public string Shown => Text.Split(s_blanks, 3, StringSplitOptions.RemoveEmptyEntries) is [var first, ..] words
        && (IsAdd(first) || (words.Length > 1 && first.Equals("ONBUILD", StringComparison.OrdinalIgnoreCase) && IsAdd(words[1])))
            ? ShownAddress.In(Text)
            : Text;

    private static bool IsAdd(string word) => word.Equals("ADD", StringComparison.OrdinalIgnoreCase);
}
