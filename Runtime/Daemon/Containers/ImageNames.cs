using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Images;

namespace Rtd.Daemon.Containers;

/// <summary>Which image the names that containers were made from stand for at present. Of a list's thousand containers most are of a few images, and each name is looked up once.</summary>
internal sealed class ImageNames(IImageStore images)
{
    private readonly Dictionary<string, string?> _ids = new(StringComparer.Ordinal);

    /// <summary>The name the container was made from, or the id when that name has moved on to another image.</summary>
    public string NameOf(ContainerRecord record)
    {
        if (!_ids.TryGetValue(record.Config.Image, out string? id))
        {
            _ids[record.Config.Image] = id = Find(record.Config.Image);
        }

        return id == record.ImageId ? record.Config.Image : record.ImageId;
    }

    private string? Find(string name)
    {
        try
        {
            return images.Get(name).Id;
        }
        catch (EngineException gone) when (gone.Kind is ErrorKind.NotFound or ErrorKind.InvalidParameter)
        {
            return null;
        }
    }
}
