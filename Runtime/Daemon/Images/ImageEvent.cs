namespace Rtd.Daemon.Images;

/// <summary>Something that happened to an image, for <c>/events</c>.</summary>
/// <param name="Action">tag, untag, delete, import, load or save.</param>
/// <param name="Id">The image's id.</param>
/// <param name="Name">The reference that was used, or the id.</param>
internal sealed record ImageEvent(string Action, string Id, string Name);
