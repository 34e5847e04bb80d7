using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Containers.Streams;

/// <summary>The key sequence that leaves an attached terminal: parsing it, and finding it in what is typed.</summary>
internal sealed class DetachKeys(byte[] keys)
{
    public const string Default = "ctrl-p,ctrl-q";

    private int _matched;

    /// <summary>Parses keys such as <c>ctrl-p,ctrl-q</c>: single characters and ctrl-a … ctrl-z, ctrl-@ [ \ ] ^ _.</summary>
    /// <param name="text">null or "" takes the default.</param>
    public static DetachKeys Parse(string? text)
    {
        string source = string.IsNullOrEmpty(text) ? Default : text;
        return new DetachKeys(source.Split(',').Select(key => ParseKey(key)
            ?? throw EngineException.InvalidParameter($"Invalid detach keys ({source}) provided")).ToArray());
    }

    /// <summary>Passes on what was typed, holding back a beginning of the sequence.</summary>
    /// <returns>True once the sequence is complete; the rest of the input is not passed on.</returns>
    public bool Scan(ReadOnlySpan<byte> typed, List<byte> passed)
    {
        foreach (byte key in typed)
        {
            if (Next(key, passed))
            {
                return true;
            }
        }

        return false;
    }

    private bool Next(byte key, List<byte> passed)
    {
        while (key != keys[_matched])
        {
            if (_matched == 0)
            {
                passed.Add(key);
                return false;
            }

            Release(passed);
        }

        _matched++;
        if (_matched < keys.Length)
        {
            return false;
        }

        _matched = 0;
        return true;
    }

    /// <summary>Gives up the shortest beginning of what was held back so that the rest is again a beginning of the sequence.</summary>
    private void Release(List<byte> passed)
    {
        int given = 1;
        while (!keys.AsSpan(given, _matched - given).SequenceEqual(keys.AsSpan(0, _matched - given)))
        {
            given++;
        }

        passed.AddRange(keys.AsSpan(0, given));
        _matched -= given;
    }

    private static byte? ParseKey(string key) => key switch
    {
        [var single] when single < 128 => (byte)single,
        ['c', 't', 'r', 'l', '-', var control and >= 'a' and <= 'z'] => (byte)(control - 'a' + 1),
        "ctrl-@" => 0,
        "ctrl-[" => 27,
        "ctrl-\\" => 28,
        "ctrl-]" => 29,
        "ctrl-^" => 30,
        "ctrl-_" => 31,
        _ => null,
    };
}
