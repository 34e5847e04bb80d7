using Rtd.Daemon.Images;

namespace Rtd.Tests.Integration.Storage;

/// <summary>Containers that use images: none, or those a test names.</summary>
internal sealed class FixedUsers(params ImageUser[] users) : IImageUsage
{
    public IReadOnlyList<ImageUser> Users(string imageId) => users;
}
