using System.Collections.Concurrent;
using Rtd.Daemon.Builds.Output;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Images;
using Rtd.Daemon.Images.Archives;
using Rtd.Daemon.Images.Registry;

namespace Rtd.Daemon.Builds.Stages;

/// <summary>Images that a build begins with or copies from: those that are here, and the others from their registry.</summary>
internal sealed class BaseImages(ImageService images, BuildRequest request)
{
    /// <summary>Under this name the docker command sends what it knows of Docker Hub.</summary>
    private const string HubName = "https://index.docker.io/v1/";

    private readonly ConcurrentDictionary<string, Lazy<Task<Image>>> _found = [];

    /// <summary>Finds an image, once for the whole build.</summary>
    /// <param name="platform">Null for the build's.</param>
    /// <exception cref="EngineException">Not found, or as of a pull.</exception>
    public Task<Image> GetAsync(string name, OciPlatform? platform, IBuildOutput output, CancellationToken cancelled)
    {
        OciPlatform? wanted = platform ?? request.Platform;
        string key = $"{name} {(wanted is null ? "" : Platforms.Format(wanted))}";
        return _found.GetOrAdd(key, _ => new Lazy<Task<Image>>(() => FindAsync(name, wanted, output, cancelled))).Value;
    }

    private async Task<Image> FindAsync(string name, OciPlatform? platform, IBuildOutput output, CancellationToken cancelled)
    {
        if (!request.Pull && TryGet(name) is { } here && (platform is null || IsFor(here, platform)))
        {
            return here;
        }

        ImageReference reference = ImageReference.Parse(name).WithDefaultTag();
        await images.Pull.RunAsync(reference, platform, Credentials(reference.RegistryDomain), output.Pull, cancelled);
        return images.Images.Get(name);
    }

    private Image? TryGet(string name)
    {
        try
        {
            return images.Images.Get(name);
        }
        catch (EngineException missing) when (missing.Kind == ErrorKind.NotFound)
        {
            return null;
        }
    }

    private static bool IsFor(Image image, OciPlatform platform) =>
        Platforms.Matches(new OciPlatform { Os = image.Config.Os, Architecture = image.Config.Architecture, Variant = image.Config.Variant }, platform);

    private RegistryCredentials Credentials(string domain)
    {
        string[] names = domain == "docker.io" ? [HubName, "docker.io", "index.docker.io"] : [domain, "https://" + domain, "http://" + domain];
        return names.Select(name => request.Registries.GetValueOrDefault(name)).FirstOrDefault(found => found is not null) ?? RegistryCredentials.Anonymous;
    }
}
