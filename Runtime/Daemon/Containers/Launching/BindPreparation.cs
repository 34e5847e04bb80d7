using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Containers.Launching;

/// <summary>Makes or checks the source of a bind before a start.</summary>
internal static class BindPreparation
{
    public static void Prepare(MountPoint mount)
    {
        if (!Path.Exists(mount.Source))
        {
            if (!mount.CreateSource)
            {
                throw EngineException.InvalidParameter($"invalid mount config for type \"bind\": bind source path does not exist: {mount.Source}");
            }

            CreateSource(mount.Source);
        }

        SourceMount.CheckPropagation(mount);
    }

    private static void CreateSource(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw EngineException.System($"error while creating mount source path '{path}': {failure.Message}", failure);
        }
    }
}
