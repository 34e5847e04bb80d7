namespace Rtd.Daemon.Logging.Journald;

/// <summary>The fields that every entry of a container has in the journal, under Docker's names.</summary>
internal static class JournaldFields
{
    public static Dictionary<string, string> Of(LogContext context, string tag, IReadOnlyDictionary<string, string> attributes)
    {
        string id = context.ContainerId;
        Dictionary<string, string> fields = new()
        {
            ["CONTAINER_ID"] = id.Length > 12 ? id[..12] : id,
            ["CONTAINER_ID_FULL"] = id,
            ["CONTAINER_NAME"] = context.ContainerName.TrimStart('/'),
            ["CONTAINER_TAG"] = tag,
            ["IMAGE_NAME"] = context.ImageName,
            ["SYSLOG_IDENTIFIER"] = tag,
        };
        foreach ((string name, string value) in attributes)
        {
            if (JournaldSender.FieldName(name) is { Length: > 0 } field)
            {
                fields[field] = value;
            }
        }

        return fields;
    }
}
