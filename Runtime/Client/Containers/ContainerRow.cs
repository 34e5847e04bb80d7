using System.Text.Json;
using Rtd.Client.CommandLine;
using Rtd.Client.Formatting;
using Rtd.Client.Images;
using Rtd.Client.Json;

namespace Rtd.Client.Containers;

/// <summary>A container as ps shows it.</summary>
internal sealed class ContainerRow(JsonElement container, bool truncate, DateTimeOffset now, bool withImageSize = true)
{
    private const int CommandWidth = 20, MountWidth = 15;

    public static FieldTable<ContainerRow> Table { get; } = new(
        "*formatter.ContainerContext",
        new("ID", "CONTAINER ID", row => row.Id),
        new("Names", "NAMES", row => row.Names),
        new("Image", "IMAGE", row => row.Image),
        new("Command", "COMMAND", row => row.Command),
        new("CreatedAt", "CREATED AT", row => GoTime.Local(row.Created)),
        new("RunningFor", "CREATED", row => Ago.Since(row.Created, row.Now)),
        new("Platform", "PLATFORM", _ => null),
        new("Ports", "PORTS", row => PortList.Text(row.Container.Member("Ports"))),
        new("State", "STATE", row => row.Container.Text("State")),
        new("Status", "STATUS", row => row.Container.Text("Status")),
        new("Size", "SIZE", row => row.Size),
        new("Labels", "LABELS", row => row.Container.Member("Labels").Pairs()),
        new("Mounts", "MOUNTS", row => row.Mounts),
        new("LocalVolumes", "LOCAL VOLUMES", row => row.LocalVolumes),
        new("Networks", "NETWORKS", row => string.Join(',', row.Container.Member("NetworkSettings").Member("Networks").Members().Select(network => network.Name))))
    {
        Label = (row, name) => row.Container.Member("Labels").Text(name),
    };

    private JsonElement Container { get; } = container;

    private DateTimeOffset Now { get; } = now;

    private string Id => truncate ? Ellipsis.ShortId(Container.Text("Id")) : Container.Text("Id");

    private DateTimeOffset Created => DateTimeOffset.FromUnixTimeSeconds(Container.Number("Created"));

    /// <summary>Names without the leading slash; those with another one are links' and only shown in full.</summary>
    private string Names
    {
        get
        {
            IEnumerable<string> names = Container.Member("Names").Texts().Select(name => name.TrimStart('/'));
            return string.Join(',', truncate ? names.Where(name => !name.Contains('/')) : names);
        }
    }

    private string Image
    {
        get
        {
            string image = Container.Text("Image");
            if (image.Length == 0)
            {
                return "<no image>";
            }

            if (!truncate)
            {
                return image;
            }

            string shortId = Ellipsis.ShortId(Container.Text("ImageID"));
            return shortId == Ellipsis.ShortId(image) ? shortId : WithoutDigest(image);
        }
    }

    private string Command
    {
        get
        {
            string command = Container.Text("Command");
            return GoQuote.Quote(truncate ? Ellipsis.Cut(command, CommandWidth) : command);
        }
    }

    private string Size
    {
        get
        {
            string own = HumanSize.Decimal(Container.Number("SizeRw"), 3);
            long all = Container.Number("SizeRootFs");
            return withImageSize && all > 0 ? $"{own} (virtual {HumanSize.Decimal(all, 3)})" : own;
        }
    }

    private string Mounts => string.Join(',', Container.Member("Mounts").Items().Select(mount =>
    {
        string name = mount.Text("Name") is { Length: > 0 } volume ? volume : mount.Text("Source");
        return truncate ? Ellipsis.Cut(name, MountWidth) : name;
    }));

    private string LocalVolumes => Container.Member("Mounts").Items().Count(mount => mount.Text("Driver") == "local").ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static string WithoutDigest(string image)
    {
        int at = image.IndexOf('@');
        return at < 0 ? image : image[..at];
    }
}
