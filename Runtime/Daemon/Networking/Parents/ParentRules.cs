using Rtd.Daemon.Errors;
using Rtd.Daemon.Networking.Links;

namespace Rtd.Daemon.Networking.Parents;

/// <summary>What networks on a parent are checked for when they are made.</summary>
internal static class ParentRules
{
    public static void Check(ParentSettings settings, IReadOnlyList<INetwork> others, LinkTable links)
    {
        if (links.IndexOf(settings.Parent) == 0)
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
