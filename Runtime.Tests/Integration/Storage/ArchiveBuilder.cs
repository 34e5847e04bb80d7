using System.Security.Cryptography;
using System.Text;
using Rtd.Daemon.Images;
using Rtd.Tests.Unit.Storage;

namespace Rtd.Tests.Integration.Storage;

/// <summary>Makes docker-save archives of layers.</summary>
internal static class ArchiveBuilder
{
    public static string Digest(byte[] content) => "sha256:" + Hex(content);

    public static string Hex(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    /// <summary>An image config for layers.</summary>
    public static byte[] Config(params byte[][] layers) => Encoding.UTF8.GetBytes(
        $$$"""{"architecture":"amd64","os":"linux","config":{"Cmd":["sh"],"Labels":{"a":"b"}},"created":"2024-01-02T03:04:05.678Z","history":[{"created":"2024-01-02T03:04:05Z","created_by":"ADD"},{"created_by":"ENV","empty_layer":true}],"rootfs":{"type":"layers","diff_ids":[{{{string.Join(',', layers.Select(layer => $"\"{Digest(layer)}\""))}}}]}}""");

    /// <summary>manifest.json with layers as DIGEST/layer.tar; docker save before version 25 wrote them alike.</summary>
    public static TarBuilder DockerSave(string? tag, byte[] config, params byte[][] layers)
    {
        TarBuilder archive = new();
        string[] names = layers.Select(layer => $"{Hex(layer)}/layer.tar").ToArray();
        foreach ((string name, byte[] layer) in names.Zip(layers).DistinctBy(file => file.First))
        {
            archive.Directory(Path.GetDirectoryName(name)! + "/").File(name, layer);
        }

        string manifest = $$"""[{"Config":"{{Hex(config)}}.json","RepoTags":{{(tag is null ? "null" : $"[\"{tag}\"]")}},"Layers":[{{string.Join(',', names.Select(name => $"\"{name}\""))}}]}]""";
        return archive.File($"{Hex(config)}.json", config).File("manifest.json", manifest);
    }

    /// <summary>Loads an image of these layers and returns it.</summary>
    public static Image Load(ImageService service, params TarBuilder[] layers)
    {
        byte[][] archives = layers.Select(layer => layer.Build()).ToArray();
        byte[] config = Config(archives);
        service.Load.Run(new MemoryStream(DockerSave(null, config, archives).Build()), new RecordedProgress(), CancellationToken.None);
        return service.Images.Get(Digest(config));
    }
}
