using Rtd.Daemon.Errors;
using Rtd.Daemon.Images.Registry;

namespace Rtd.Daemon.Images.Transfer;

/// <summary>A registry's refusals in dockerd's words and kinds.</summary>
internal static class TransferErrors
{
    /// <summary>For a pull, or a look at a manifest.</summary>
    public static EngineException ForPull(RegistryException refused, ImageReference reference) => refused.Code switch
    {
        "DENIED" or "UNAUTHORIZED" when refused.Status is 401 or 403 => EngineException.NotFound(
            $"pull access denied for {reference.FamiliarName}, repository does not exist or may require 'docker login': {refused.Message}"),
        "MANIFEST_UNKNOWN" => EngineException.NotFound($"manifest for {reference.Familiar} not found: {refused.Message}"),
        "NAME_UNKNOWN" => EngineException.NotFound($"repository {reference.FamiliarName} not found: {refused.Message}"),
        "" when refused.Status == 404 => EngineException.NotFound($"manifest for {reference.Familiar} not found: {refused.Message}"),
        _ => EngineException.System(refused.Message, refused),
    };

    /// <summary>Whatever else failed on the way to a registry.</summary>
    public static EngineException Unreachable(RegistryUnreachableException failure) => EngineException.System(failure.Message, failure);
}
