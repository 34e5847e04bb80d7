namespace Rtd.Daemon.Events;

/// <summary>Something that happened to an object, as <c>docker events</c> shows it.</summary>
/// <param name="Type">container, image, network, volume, daemon …</param>
/// <param name="Action">create, start, die …; <c>exec_create: ls</c> and <c>health_status: healthy</c> carry a detail.</param>
/// <param name="Id">The object's full id, or its name where it has none.</param>
/// <param name="Attributes">name, image, exitCode, and the object's labels.</param>
/// <param name="Time">UTC.</param>
internal sealed record EngineEvent(string Type, string Action, string Id, IReadOnlyDictionary<string, string> Attributes, DateTime Time);
