namespace Rtd.Client.Streams;

/// <summary>Finds the keys that detach in what is typed. Keys that only begin the sequence are held back until the next shows what they were.</summary>
internal sealed class DetachKeys(byte[] sequence)
{
    public const string Default = "ctrl-p,ctrl-q";

    private int _matched;

    /// <summary>Reads "ctrl-p,ctrl-q": letters, or ctrl- with a letter or one of @ [ \ ] ^ _.</summary>
    /// <exception cref="ClientException">A part is neither.</exception>
    public static byte[] Parse(string text)
    {
        string[] keys = text.Split(',');
        byte[] codes = new byte[keys.Length];
        for (int i = 0; i < keys.Length; i++)
        {
            codes[i] = Code(keys[i]) ?? throw new ClientException($"invalid detach keys ({text}): unknown character: '{keys[i]}'");
        }

        return codes;
    }

    /// <summary>Copies what is input into the target, which must have room for the held keys too; true when the sequence is complete.</summary>
    public bool Filter(ReadOnlySpan<byte> typed, Span<byte> target, out int count)
    {
        count = 0;
        foreach (byte key in typed)
        {
            if (key == sequence[_matched])
            {
                if (++_matched == sequence.Length)
                {
                    _matched = 0;
                    return true;
                }

                continue;
            }

            // What was held is input after all; the key itself may begin the sequence anew.
            sequence.AsSpan(0, _matched).CopyTo(target[count..]);
            count += _matched;
            _matched = 0;
            if (key == sequence[0])
            {
                _matched = 1;
            }
            else
            {
                target[count++] = key;
            }
        }

        return false;
    }

    private static byte? Code(string key) => key switch
    {
        [var letter] when letter < 128 => (byte)letter,
        ['c', 't', 'r', 'l', '-', var letter] when char.IsAsciiLetter(letter) => (byte)(char.ToLowerInvariant(letter) - 'a' + 1),
        ['c', 't', 'r', 'l', '-', var letter] when letter is '@' or '[' or '\\' or ']' or '^' or '_' => (byte)(letter - '@'),
        "DEL" => 127,
        _ => null,
    };
}
