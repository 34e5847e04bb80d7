namespace Rtd.Daemon.Builds.Dockerfiles;

/// <summary>A document that follows its instruction.</summary>
/// <param name="Name">The delimiter, which is also the file's name in COPY and ADD.</param>
/// <param name="Content">Its lines as written, each with its end.</param>
/// <param name="Expands">Variables are put in: no part of the delimiter was quoted.</param>
/// <param name="Chomps"><c>&lt;&lt;-</c>: tabs at the beginning of lines do not count.</param>
internal sealed record Heredoc(string Name, string Content, bool Expands, bool Chomps)
{
    /// <summary>The content without what <see cref="Chomps"/> takes away.</summary>
    public string Body => Chomps ? string.Join('\n', Content.Split('\n').Select(line => line.TrimStart('\t'))) : Content;
}
