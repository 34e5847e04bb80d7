using System.IO.Pipelines;

namespace Rtd.Daemon.Api;

/// <summary>The two directions of a hijacked connection.</summary>
/// <param name="Input">From the client; completes at its half-close, after which <paramref name="Output"/> still works.</param>
/// <param name="Output">To the client, with the transport's back-pressure.</param>
internal sealed record HijackedStream(PipeReader Input, PipeWriter Output);
