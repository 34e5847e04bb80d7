namespace Rtd.Daemon.Events;

/// <summary>Takes in what happened, for the subscribers of <c>GET /events</c>. It never blocks and never throws.</summary>
internal interface IEventPublisher
{
    /// <param name="type">container, image, volume, network …</param>
    /// <param name="action">create, start, die …</param>
    /// <param name="actorId">Id or name of the object.</param>
    /// <param name="attributes">What else a subscriber is told; not changed after the call.</param>
    void Publish(string type, string action, string actorId, IReadOnlyDictionary<string, string> attributes);
}
