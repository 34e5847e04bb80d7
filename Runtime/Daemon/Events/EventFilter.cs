using Rtd.Daemon.Api;

namespace Rtd.Daemon.Events;

/// <summary>The filters of <c>docker events</c>.</summary>
internal sealed class EventFilter(QueryFilters filters)
{
    private static readonly string[] s_named = ["container", "plugin", "volume", "network", "daemon", "service", "node", "secret", "config"];

    public bool Includes(EngineEvent happened) =>
        MatchesAction(happened.Action)
        && filters.Exact("type", happened.Type)
        && filters.Exact("scope", "local")
        && s_named.All(type => MatchesObject(type, happened))
        && MatchesImage(happened)
        && filters.Pairs("label", happened.Attributes);

    /// <summary><c>event=exec_create</c> finds <c>exec_create: ls</c> too.</summary>
    private bool MatchesAction(string action)
    {
        int detail = action.IndexOf(": ", StringComparison.Ordinal);
        return filters.Exact("event", action) || (detail > 0 && filters.Exact("event", action[..detail]));
    }

    /// <summary>By the start of the id or of the name, as dockerd does.</summary>
    private bool MatchesObject(string type, EngineEvent happened) =>
        !filters.Has(type) || filters.Prefix(type, happened.Id) || filters.Prefix(type, happened.Attributes.GetValueOrDefault("name"));

    private bool MatchesImage(EngineEvent happened)
    {
        if (!filters.Has("image"))
        {
            return true;
        }

        string? name = happened.Attributes.GetValueOrDefault(happened.Type == "image" ? "name" : "image");
        return filters.Exact("image", happened.Id) || (name is not null && (filters.Exact("image", name) || filters.Exact("image", WithoutTag(name))));
    }

    private static string WithoutTag(string name)
    {
        int colon = name.LastIndexOf(':');
        return colon > name.LastIndexOf('/') ? name[..colon] : name;
    }
}
