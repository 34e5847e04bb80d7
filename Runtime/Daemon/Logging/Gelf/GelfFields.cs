using Rtd.Daemon.Containers.Text;

namespace Rtd.Daemon.Logging.Gelf;

/// <summary>The additional fields that every message of a container has, under Docker's names.</summary>
internal static class GelfFields
{
    public static Dictionary<string, string> Of(LogContext context, string tag, IReadOnlyDictionary<string, string> attributes)
    {
        Dictionary<string, string> fields = new()
        {
            ["container_id"] = context.ContainerId,
            ["container_name"] = context.ContainerName.TrimStart('/'),
            ["image_id"] = context.ImageId,
            ["image_name"] = context.ImageName,
            ["command"] = context.Command,
            ["tag"] = tag,
            ["created"] = Timestamps.Format(context.Created),
        };
        foreach ((string name, string value) in attributes)
        {
            fields[name] = value;
        }

        return fields;
    }
}
