namespace Rtd.Daemon.Images;

/// <summary>Where a long operation tells how far it is; each call may block until the client has taken it.</summary>
internal interface IProgressOutput
{
    /// <summary>A step of something with an id.</summary>
    /// <param name="total">0 when it is not known.</param>
    void Step(string id, string action, long current, long total);

    /// <summary>A line for the user, newline included.</summary>
    void Line(string text);
}
