using System.Text;

namespace Rtd.Daemon.Builds.Dockerfiles.Words;

/// <summary>Puts words together while a text is read.</summary>
internal sealed class WordCollector
{
    private readonly List<string> _words = [];
    private readonly StringBuilder _word = new();

    /// <summary>A blank ends the word.</summary>
    public void Add(char c)
    {
        if (!char.IsWhiteSpace(c))
        {
            _word.Append(c);
        }
        else if (_word.Length > 0)
        {
            _words.Add(_word.ToString());
            _word.Clear();
        }
    }

    public void AddExpanded(string value)
    {
        foreach (char c in value)
        {
            Add(c);
        }
    }

    /// <summary>Blanks belong to the word.</summary>
    public void AddWhole(string quoted) => _word.Append(quoted);

    public IReadOnlyList<string> Finish()
    {
        Add(' ');
        return _words;
    }
}
