namespace Rtd.Daemon.Execution;

/// <summary>Carries one stream of output from its pipe or terminal to the sink.</summary>
internal interface IOutputPump : IDisposable
{
    /// <summary>Runs to the end of the stream, or, once draining, until the pipe is empty.</summary>
    Task RunAsync();

    /// <summary>The process has ended: whoever else holds the pipe's other end (a background child) is not waited for.</summary>
    void Drain();
}
