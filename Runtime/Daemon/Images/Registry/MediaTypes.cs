namespace Rtd.Daemon.Images.Registry;

/// <summary>Media types of the distribution protocol: Docker's own, and those of the OCI image spec.</summary>
internal static class MediaTypes
{
    public const string DockerManifest = "application/vnd.docker.distribution.manifest.v2+json";
    public const string DockerManifestList = "application/vnd.docker.distribution.manifest.list.v2+json";
    public const string DockerConfig = "application/vnd.docker.container.image.v1+json";
    public const string DockerLayer = "application/vnd.docker.image.rootfs.diff.tar.gzip";
    public const string DockerSchema1 = "application/vnd.docker.distribution.manifest.v1+json";
    public const string DockerSchema1Signed = "application/vnd.docker.distribution.manifest.v1+prettyjws";
    public const string OciManifest = "application/vnd.oci.image.manifest.v1+json";
    public const string OciIndex = "application/vnd.oci.image.index.v1+json";
    public const string OciConfig = "application/vnd.oci.image.config.v1+json";

    /// <summary>What is asked for when a manifest is fetched; schema 1 too, so as to be able to say what is wrong with it.</summary>
    public static readonly string[] Manifests = [DockerManifest, DockerManifestList, OciManifest, OciIndex, DockerSchema1Signed, DockerSchema1];

    public static bool IsIndex(string type) => type is DockerManifestList or OciIndex;

    public static bool IsManifest(string type) => type is DockerManifest or OciManifest;

    public static bool IsSchema1(string type) => type is DockerSchema1 or DockerSchema1Signed;

    /// <summary>A layer that the registry need not have: its descriptor says where it is.</summary>
    public static bool IsForeignLayer(string type) =>
        type.Contains("rootfs.foreign.diff", StringComparison.Ordinal) || type.Contains("layer.nondistributable", StringComparison.Ordinal);

    /// <summary>A layer of files, whatever its compression (which its first bytes tell).</summary>
    public static bool IsLayer(string type) =>
        type.StartsWith("application/vnd.docker.image.rootfs.", StringComparison.Ordinal)
        || type.StartsWith("application/vnd.oci.image.layer.", StringComparison.Ordinal)
        || type is "application/octet-stream" or "";
}
