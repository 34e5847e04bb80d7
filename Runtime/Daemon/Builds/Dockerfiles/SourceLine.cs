namespace Rtd.Daemon.Builds.Dockerfiles;

/// <summary>Where an instruction stands and how it was written.</summary>
/// <param name="Number">The line it begins on, from 1.</param>
/// <param name="Text">Its lines joined, without comments, as <c>Step 1/5 : …</c> prints them.</param>
internal sealed record SourceLine(int Number, string Text);
