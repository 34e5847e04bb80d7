using System.Globalization;
using System.Text.RegularExpressions;
using Rtd.Daemon.Api;
using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Containers.Health;
using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Containers.Text;
using Rtd.Daemon.Containers.Validation;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Images;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Containers;

internal sealed partial class ContainerService
{
    private const string NoHealth = "none";

    private static readonly TimeSpan s_patternTimeout = TimeSpan.FromMilliseconds(250);

    /// <summary>Lists containers, newest first.</summary>
    /// <param name="all">Those that do not run as well.</param>
    /// <param name="limit">The newest n, whether they run or not; 0 is all.</param>
    public IReadOnlyList<ContainerSummary> List(bool all, int limit, bool withSize, string? filterText)
    {
        QueryFilters filters = QueryFilterExtensions.ParseFilters(
            filterText,
            "ancestor", "before", "since", "exited", "expose", "publish", "health", "id", "is-task", "isolation", "label", "label!", "name", "network", "status", "volume");
        CheckFilters(filters);
        DateTimeOffset before = filters.Has("before") ? _store.Get(filters.Get("before")[0]).Record.Created : DateTimeOffset.MaxValue;
        DateTimeOffset since = filters.Has("since") ? _store.Get(filters.Get("since")[0]).Record.Created : DateTimeOffset.MinValue;
        HashSet<string> ancestors = Ancestors(filters.Get("ancestor"));
        bool everyState = all || limit > 0 || filters.Has("status");
        IEnumerable<Container> chosen = _store.All
            .Where(container => everyState || container.State.Running)
            .Where(container => container.Record.Created < before && container.Record.Created > since)
            .Where(container => !filters.Has("ancestor") || ancestors.Contains(container.Record.ImageId))
            .Where(container => Matches(container.Record, container.Run, filters))
            .OrderByDescending(container => container.Record.Created);
        DateTimeOffset now = DateTimeOffset.UtcNow;
        ILookup<string, string> links = LinkNames();
        ImageNames images = new(_parts.Images);
        return [.. (limit > 0 ? chosen.Take(limit) : chosen).Select(container => Summarize(container, withSize, now, links[container.Id], images)).OfType<ContainerSummary>()];
    }

    /// <summary>Null for a container that goes while its size is measured.</summary>
    private ContainerSummary? Summarize(Container container, bool withSize, DateTimeOffset now, IEnumerable<string> linkNames, ImageNames images)
    {
        try
        {
            return _presenter.Summarize(container, withSize, now, linkNames, images);
        }
        catch (Exception gone) when (gone is EngineException or SyscallException && (container.IsRemoved || container.State.Status == ContainerStatus.Removing))
        {
            return null;
        }
    }

    private static void CheckFilters(QueryFilters filters)
    {
        foreach (string status in filters.Get("status"))
        {
            if (!Enum.TryParse<ContainerStatus>(status, ignoreCase: true, out _) || char.IsAsciiDigit(status[0]))
            {
                throw EngineException.InvalidParameter($"invalid filter 'status={status}'");
            }
        }

        foreach (string health in filters.Get("health").Where(health => !IsHealth(health)))
        {
            throw EngineException.InvalidParameter($"Unrecognised filter value for health: {health}");
        }

        foreach (string code in filters.Get("exited"))
        {
            if (!int.TryParse(code, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
            {
                throw EngineException.InvalidParameter($"invalid filter 'exited={code}'");
            }
        }
    }

    private static bool IsHealth(string text) => text == NoHealth || (Enum.TryParse<HealthStatus>(text, ignoreCase: true, out _) && text == text.ToLowerInvariant() && !char.IsAsciiDigit(text[0]));

    private static bool Matches(ContainerRecord record, ContainerRun? run, QueryFilters filters) =>
        filters.Any("status", status => ContainerPresenter.StatusName(record.State.Status) == status.ToLowerInvariant())
        && filters.Any("exited", code => record.State is { Running: false, StartedAt: not null } && record.State.ExitCode.ToString(CultureInfo.InvariantCulture) == code)
        && filters.Any("id", id => record.Id.StartsWith(id, StringComparison.Ordinal) || MatchesPattern(record.Id, id))
        && filters.Any("name", name => MatchesPattern(record.Name, name) || MatchesPattern("/" + record.Name, name))
        && filters.MatchLabels(record.Config.Labels)
        && filters.Any("health", health => health == (record.State.Health?.StatusName ?? NoHealth))
        && filters.Bool("is-task") != true
        && filters.Any("isolation", isolation => isolation is "default" or "")
        && filters.Any("volume", volume => record.Mounts.Exists(mount => mount.Name == volume || mount.Destination == volume || mount.Source == volume))
        && filters.Any("network", network => OnNetwork(record, run, network))
        && filters.Any("expose", port => ExposedMatches(record, port))
        && filters.Any("publish", port => PublishedMatches(record, port));

    private static bool OnNetwork(ContainerRecord record, ContainerRun? run, string network) =>
        NetworkMode.Parse(record.HostConfig.NetworkMode).Name == network || record.Endpoints.ContainsKey(network)
        || run?.Network?.Endpoints.Any(endpoint => endpoint.NetworkId == network) == true;

    private static bool ExposedMatches(ContainerRecord record, string filter) =>
        (record.Config.ExposedPorts ?? []).Keys.Select(PortSpecs.ParseContainerPort).Any(port => PortSpecs.Matches(filter, port.Port, port.Protocol));

    private static bool PublishedMatches(ContainerRecord record, string filter) =>
        (record.HostConfig.PortBindings ?? []).Keys.Select(PortSpecs.ParseContainerPort).Any(port => PortSpecs.Matches(filter, port.Port, port.Protocol));

    /// <summary>Docker takes these filters as regular expressions. A hostile one costs a quarter of a second.</summary>
    private static bool MatchesPattern(string text, string pattern)
    {
        try
        {
            return Regex.IsMatch(text, pattern, RegexOptions.CultureInvariant, s_patternTimeout);
        }
        catch (ArgumentException)
        {
            return text.Contains(pattern, StringComparison.Ordinal);
        }
        catch (RegexMatchTimeoutException)
        {
            throw EngineException.InvalidParameter($"invalid filter: \"{pattern}\" takes too long to match");
        }
    }

    private HashSet<string> Ancestors(IReadOnlyList<string> references)
    {
        HashSet<string> ids = [];
        foreach (string reference in references)
        {
            try
            {
                Image image = _parts.Images.Get(reference);
                ids.Add(image.Id);
            }
            catch (EngineException gone) when (gone.Kind is ErrorKind.NotFound or ErrorKind.InvalidParameter)
            {
                ids.Add(reference); // perhaps the id of an image that is gone while its containers are not
            }
        }

        return ids;
    }
}
