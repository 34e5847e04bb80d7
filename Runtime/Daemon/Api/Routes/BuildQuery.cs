using System.Buffers.Text;
using System.Text;
using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Builds;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Images;
using Rtd.Daemon.Images.Registry;

namespace Rtd.Daemon.Api.Routes;

/// <summary>Reads the query and the headers of <c>POST /build</c>.</summary>
internal static class BuildQuery
{
    /// <summary>Docker's header with credentials by registry.</summary>
    private const string RegistryHeader = "X-Registry-Config";

    /// <summary>Our own: secrets by id, each in base 64. The classic protocol has no way for them.</summary>
    private const string SecretHeader = "X-Rtd-Build-Secrets";

    /// <exception cref="EngineException">Invalid parameter. Not implemented: what only BuildKit does.</exception>
    public static BuildRequest Parse(ApiContext context)
    {
        RefuseOthers(context);
        return new BuildRequest
        {
            Tags = Tags(context),
            Dockerfile = context.Query("dockerfile") ?? "",
            Remote = context.Query("remote") ?? "",
            Arguments = Decode<Dictionary<string, string?>>(context, "buildargs") ?? [],
            Labels = Decode<Dictionary<string, string>>(context, "labels") ?? [],
            Target = context.Query("target") ?? "",
            Platform = context.Query("platform") is { Length: > 0 } platform ? Platforms.Parse(platform) : null,
            Pull = context.QueryBool("pull"),
            NoCache = context.QueryBool("nocache"),
            CacheFrom = Decode<List<string>>(context, "cachefrom") ?? [],

            // Only those that ask by an older version than any there is do without it.
            Remove = context.QueryBool("rm", absent: true),
            ForceRemove = context.QueryBool("forcerm"),
            HostConfig = Hosts(context),
            Registries = Registries(context),
            Secrets = Secrets(context),
            Id = context.Query("buildid") ?? "",
        };
    }

    private static void RefuseOthers(ApiContext context)
    {
        if (context.Query("version") == "2")
        {
            throw new EngineException(ErrorKind.NotImplemented, "BuildKit is not available in rtd: use the classic builder (DOCKER_BUILDKIT=0)");
        }

        if (context.QueryBool("squash"))
        {
            throw EngineException.InvalidParameter("squash is not supported by rtd: use several stages and COPY --from");
        }

        if (context.Query("outputs") is { Length: > 0 } outputs && outputs is not ("[]" or "null"))
        {
            throw new EngineException(ErrorKind.NotImplemented, "outputs need BuildKit, which is not available in rtd");
        }

        if (context.Query("isolation") is { Length: > 0 } isolation && isolation != "default")
        {
            throw EngineException.InvalidParameter($"Unsupported isolation: \"{isolation}\"");
        }
    }

    private static List<ImageReference> Tags(ApiContext context)
    {
        List<ImageReference> tags = [];
        foreach (string name in context.QueryAll("t").Where(name => name.Length > 0))
        {
            ImageReference tag = ImageReference.Parse(name).WithDefaultTag();
            if (tag.Digest is not null)
            {
                throw EngineException.InvalidParameter("build tag cannot contain a digest");
            }

            if (!tags.Contains(tag))
            {
                tags.Add(tag);
            }
        }

        return tags;
    }

    private static Func<HostConfig> Hosts(ApiContext context)
    {
        List<Ulimit>? ulimits = Decode<List<Ulimit>>(context, "ulimits");
        string[] hosts = [.. context.QueryAll("extrahosts").SelectMany(ExtraHosts)];
        string network = context.Query("networkmode") ?? "";
        long cpuShares = Number(context, "cpushares"), cpuPeriod = Number(context, "cpuperiod"), cpuQuota = Number(context, "cpuquota");
        long memory = Number(context, "memory"), swap = Number(context, "memswap"), shm = Number(context, "shmsize");
        string cpus = context.Query("cpusetcpus") ?? "", nodes = context.Query("cpusetmems") ?? "", parent = context.Query("cgroupparent") ?? "";
        IReadOnlyList<string> security = context.QueryAll("securityopt");
        return () => new HostConfig
        {
            NetworkMode = network.Length > 0 ? network : "default",
            ExtraHosts = hosts.Length > 0 ? [.. hosts] : null,
            CpuShares = cpuShares,
            CpuPeriod = cpuPeriod,
            CpuQuota = cpuQuota,
            CpusetCpus = cpus,
            CpusetMems = nodes,
            CgroupParent = parent,
            Memory = memory,
            MemorySwap = swap,
            ShmSize = shm,
            Ulimits = ulimits is null ? null : [.. ulimits],
            SecurityOpt = security.Count > 0 ? [.. security] : null,
        };
    }

    /// <summary>A name for each, in one value with commas or in several; docker-py sends <c>name:address</c> pairs as one value.</summary>
    private static string[] ExtraHosts(string value) => value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static long Number(ApiContext context, string name) => context.Query(name) switch
    {
        null or "" => 0,
        { } text when long.TryParse(text, out long value) => value,
        { } text => throw EngineException.InvalidParameter($"invalid value \"{text}\" for {name}: must be an integer"),
    };

    private static T? Decode<T>(ApiContext context, string name)
        where T : class => context.Query(name) is { Length: > 0 } text && text != "null" ? Json.Decode<T>(Encoding.UTF8.GetBytes(text)) : null;

    /// <summary>What cannot be read counts as none, as for dockerd.</summary>
    private static Dictionary<string, RegistryCredentials> Registries(ApiContext context)
    {
        try
        {
            Dictionary<string, RegistryCredentials> found = Header<Dictionary<string, RegistryCredentials>>(context, RegistryHeader) ?? [];
            foreach (RegistryCredentials credentials in found.Values)
            {
                credentials.Completed();
            }

            return found;
        }
        catch (Exception unreadable) when (unreadable is FormatException or EngineException)
        {
            return [];
        }
    }

    private static Dictionary<string, byte[]> Secrets(ApiContext context)
    {
        try
        {
            return (Header<Dictionary<string, string>>(context, SecretHeader) ?? []).ToDictionary(secret => secret.Key, secret => Convert.FromBase64String(secret.Value));
        }
        catch (Exception unreadable) when (unreadable is FormatException or EngineException)
        {
            throw EngineException.InvalidParameter($"{SecretHeader} cannot be read", unreadable);
        }
    }

    private static T? Header<T>(ApiContext context, string name)
        where T : class
    {
        string text = context.Http.Request.Headers[name].ToString();
        return text.Length == 0 ? null : Json.Decode<T>(Base64Url.DecodeFromChars(text.TrimEnd('=').Replace('+', '-').Replace('/', '_')));
    }
}
