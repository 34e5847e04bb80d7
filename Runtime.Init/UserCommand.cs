namespace Rtd.Init;

/// <summary>What is to be executed, found with the user's rights, and its whole environment.</summary>
internal sealed record UserCommand(string Path, IReadOnlyList<string> Environment);
