using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Networking.Parents;

/// <summary>What networks on a parent are checked for when they are made.</summary>
internal static class ParentRules
{
    /// <param name="settingsOf">Reads the options.</param>
    public static void Check(NetworkRecord record, Func<NetworkRecord, ParentSettings> settingsOf, IReadOnlyList<INetwork> others, ParentLinks parents)
    {
        ParentSettings settings = settingsOf(record);

        // Without a parent there is nothing outside, as with --internal.
        record.Internal |= settings.Parent == ParentLinks.DummyOf(record);
        if (!parents.CanBe(settings.Parent))
        {
            throw EngineException.InvalidParameter($"invalid parent {settings.Parent}: the host has no such link");
        }

        // The kernel lets a link be the parent of either kind, not of both.
        if (others.Any(network => network is ParentNetwork other && other.Settings.Parent == settings.Parent && other.Settings.Kind != settings.Kind))
        {
            throw EngineException.Conflict($"parent {settings.Parent} is already in use by a network of the other kind");
        }
    }
}
