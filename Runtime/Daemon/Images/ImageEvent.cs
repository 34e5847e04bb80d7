namespace Rtd.Daemon.Images;

/// <summary>Something that happened to an image, for <c>/events</c>.</summary>
/// <param name="Action">tag, untag, delete, import, load, save, pull or push.</param>
/// <param name="Id">The image's id; for pull and push the reference.</param>
/// <param name="Name">The reference that was used, or the id.</param>
internal sealed record ImageEvent(string Action, string Id, string Name);
