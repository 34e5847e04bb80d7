namespace Rtd.Daemon.Events;

/// <summary>Takes in what happened, for the subscribers of <c>GET /events</c>. It never waits for one.</summary>
internal interface IEventPublisher
{
    /// <param name="type">container, image, volume, network …</param>
    /// <param name="action">create, start, die …</param>
    /// <param name="id">Id or name of the object.</param>
    /// <param name="attributes">What else a subscriber is told.</param>
    void Publish(string type, string action, string id, IEnumerable<KeyValuePair<string, string>>? attributes = null);
}
