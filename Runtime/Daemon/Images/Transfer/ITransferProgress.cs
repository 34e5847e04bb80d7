namespace Rtd.Daemon.Images.Transfer;

/// <summary>Where a pull or push tells how far it is. Calls come from many threads and never wait for the client.</summary>
internal interface ITransferProgress
{
    /// <summary>A line, about something with an id or about all.</summary>
    void Message(string? id, string text);

    /// <summary>A layer has come to a new state.</summary>
    void State(string id, string action);

    /// <summary>How far a state is; a newer one takes the place of one that the client has not had yet.</summary>
    /// <param name="current">Bytes.</param>
    /// <param name="total">Bytes; 0 when it is not known.</param>
    void Bytes(string id, string action, long current, long total);

    /// <summary>A result for programs.</summary>
    void Result(object value);
}
