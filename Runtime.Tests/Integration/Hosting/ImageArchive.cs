using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;
using Newtonsoft.Json.Linq;

namespace Rtd.Tests.Integration.Hosting;

/// <summary>Writes image archives: layers, what <c>docker save</c> makes of them, OCI layouts. Also crooked ones.</summary>
internal static class ImageArchive
{
    /// <summary>0644</summary>
    private const UnixFileMode ReadByAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>0755</summary>
    private const UnixFileMode ExecutedByAll = ReadByAll | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>A tar archive of entries.</summary>
    public static byte[] Tar(params IEnumerable<TarEntry> entries)
    {
        MemoryStream archive = new();
        using (TarWriter writer = new(archive, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (TarEntry entry in entries)
            {
                // The same bytes, and hence digest, for the same content.
                entry.ModificationTime = DateTimeOffset.UnixEpoch;
                writer.WriteEntry(entry);
            }
        }

        return archive.ToArray();
    }

    public static TarEntry File(string name, string content) => File(name, Encoding.UTF8.GetBytes(content));

    public static TarEntry File(string name, byte[] content, UnixFileMode mode = ReadByAll) =>
        new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content), Mode = mode };

    public static TarEntry Directory(string name) => new PaxTarEntry(TarEntryType.Directory, name) { Mode = ExecutedByAll };

    public static TarEntry Symlink(string name, string target) => new PaxTarEntry(TarEntryType.SymbolicLink, name) { LinkName = target };

    public static TarEntry Hardlink(string name, string target) => new PaxTarEntry(TarEntryType.HardLink, name) { LinkName = target };

    /// <summary>Debian's static busybox as /bin/busybox, with a few of its links: the least that runs.</summary>
    public static IEnumerable<TarEntry> Busybox()
    {
        yield return Directory("bin/");
        yield return File("bin/busybox", System.IO.File.ReadAllBytes(Prerequisites.Which("busybox")!), ExecutedByAll);
        foreach (string command in (string[])["sh", "cat", "ls", "id", "echo", "sleep", "true", "touch", "stat", "readlink"])
        {
            yield return Symlink($"bin/{command}", "busybox");
        }
    }

    /// <summary>As <c>docker save</c> writes it, from layers, lowest first.</summary>
    public static byte[] DockerSave(string reference, params IReadOnlyList<byte[]> layers)
    {
        byte[] config = Encoding.UTF8.GetBytes(Config(layers).ToString());
        string[] names = [.. layers.Select((layer, index) => $"{Digest(layer)}{index}/layer.tar")];
        JArray manifest = [new JObject { ["Config"] = $"{Digest(config)}.json", ["RepoTags"] = new JArray(reference), ["Layers"] = new JArray(names) }];
        return Tar(
            [
                File($"{Digest(config)}.json", config),
                .. layers.Select((layer, index) => File(names[index], layer)),
                File("manifest.json", manifest.ToString()),
            ]);
    }

    /// <summary>As an OCI image layout in a tar archive.</summary>
    public static byte[] OciLayout(string reference, params IReadOnlyList<byte[]> layers)
    {
        byte[] config = Encoding.UTF8.GetBytes(Config(layers).ToString());
        JObject manifest = new()
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = "application/vnd.oci.image.manifest.v1+json",
            ["config"] = Descriptor("application/vnd.oci.image.config.v1+json", config),
            ["layers"] = new JArray(layers.Select(layer => Descriptor("application/vnd.oci.image.layer.v1.tar", layer))),
        };
        byte[] manifestBytes = Encoding.UTF8.GetBytes(manifest.ToString());
        JObject entry = Descriptor("application/vnd.oci.image.manifest.v1+json", manifestBytes);
        entry["annotations"] = new JObject { ["io.containerd.image.name"] = $"docker.io/library/{reference}", ["org.opencontainers.image.ref.name"] = reference.Split(':')[^1] };
        JObject index = new() { ["schemaVersion"] = 2, ["manifests"] = new JArray(entry) };
        return Tar(
            [
                File("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}"),
                File("index.json", index.ToString()),
                .. new[] { config, manifestBytes }.Concat(layers).Select(blob => File($"blobs/sha256/{Digest(blob)}", blob)),
            ]);
    }

    /// <summary>Sha-256 in hexadecimal.</summary>
    public static string Digest(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private static JObject Config(IReadOnlyList<byte[]> layers) => new()
    {
        ["architecture"] = "amd64",
        ["os"] = "linux",
        ["created"] = "2024-01-02T03:04:05Z",
        ["config"] = new JObject { ["Cmd"] = new JArray("sh"), ["Env"] = new JArray("PATH=/bin", "FROM_IMAGE=yes") },
        ["rootfs"] = new JObject { ["type"] = "layers", ["diff_ids"] = new JArray(layers.Select(layer => $"sha256:{Digest(layer)}")) },
        ["history"] = new JArray(layers.Select(_ => new JObject { ["created"] = "2024-01-02T03:04:05Z", ["created_by"] = "test" })),
    };

    private static JObject Descriptor(string type, byte[] content) =>
        new() { ["mediaType"] = type, ["digest"] = $"sha256:{Digest(content)}", ["size"] = content.Length };
}
