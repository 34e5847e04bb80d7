using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Newtonsoft.Json.Linq;
using Rtd.Tests.Integration.Hosting;

namespace Rtd.Tests.Integration.EndToEnd.Store;

/// <summary>Walks a data root and says what in it is not as it should be: it knows the layout on disk, not the daemon.</summary>
internal sealed class StoreChecker(string dataRoot, string driver = "overlay2")
{
    private readonly List<string> _problems = [];
    private readonly Dictionary<string, JObject> _layers = [];

    private string Root => Path.Combine(dataRoot, driver);

    /// <summary>Bytes of all layers' files by a walk, each inode once.</summary>
    public long LayersSize { get; private set; }

    /// <summary>A line for each problem.</summary>
    /// <param name="content">Also put each layer's archive together again and compare its digest.</param>
    public async Task<IReadOnlyList<string>> FindProblemsAsync(bool content)
    {
        foreach (string directory in Directory.EnumerateDirectories(Path.Combine(Root, "layers")))
        {
            await CheckLayerAsync(directory, content);
        }

        HashSet<string> wanted = CheckImages();
        CheckReferences();
        CheckContainers(wanted);
        foreach (string layer in wanted.ToArray())
        {
            for (string chain = layer; chain.Length > 0; chain = _layers.TryGetValue(chain, out JObject? record) ? (string)record["Parent"]! : "")
            {
                Expect(_layers.ContainsKey(chain), $"layer {chain} is missing");
                wanted.Add(chain);
            }
        }

        foreach (string orphan in _layers.Keys.Except(wanted))
        {
            _problems.Add($"layer {orphan} is used by nothing");
        }

        foreach (string empty in (string[])["stage", "trash", "mnt"])
        {
            foreach (string leftover in Directory.EnumerateFileSystemEntries(Path.Combine(Root, empty)))
            {
                _problems.Add($"left over: {leftover}");
            }
        }

        foreach (string leftover in Directory.EnumerateFiles(Path.Combine(dataRoot, "images"), "*.tmp", SearchOption.AllDirectories))
        {
            _problems.Add($"left over: {leftover}");
        }

        CheckLinks();
        CheckBuilds();
        return _problems;
    }

    /// <summary>What tells how an image was built belongs to one that is there; nothing is left of what builds need while they run.</summary>
    private void CheckBuilds()
    {
        foreach (string path in Directory.EnumerateFiles(Path.Combine(dataRoot, "images", "origins")))
        {
            Expect(File.Exists(Path.Combine(dataRoot, "images", "sha256", Path.GetFileName(path))), $"{path} is of no image");
        }

        foreach (string leftover in (string[])["work", "trash"])
        {
            _problems.AddRange(Directory.EnumerateFileSystemEntries(Path.Combine(dataRoot, "builds", leftover)).Select(entry => $"left over: {entry}"));
        }
    }

    private async Task CheckLayerAsync(string directory, bool content)
    {
        string record = Path.Combine(directory, "layer.json");
        if (!File.Exists(record))
        {
            _problems.Add($"{directory} has no layer.json");
            return;
        }

        JObject layer = JObject.Parse(await File.ReadAllTextAsync(record));
        string chain = (string)layer["ChainId"]!, parent = (string)layer["Parent"]!, diff = (string)layer["DiffId"]!;
        _layers[chain] = layer;
        Expect(chain == On(parent, diff) && chain == "sha256:" + Path.GetFileName(directory), $"{directory}: chain id {chain} is wrong");
        long walked = await WalkAsync(Path.Combine(directory, "diff"));
        LayersSize += walked;
        Expect(driver != "overlay2" || walked == (long)layer["Size"]!, $"{directory}: size {layer["Size"]}, by a walk {walked}");
        string tape = Path.Combine(directory, "tape.gz");
        if (content && File.Exists(tape))
        {
            Expect(Replay(tape, Path.Combine(directory, "diff"), (long)layer["ArchiveSize"]!) == diff, $"{directory}: its archive does not have the digest {diff}");
        }
    }

    private static async Task<long> WalkAsync(string directory)
    {
        IReadOnlyList<string> lines = (await Command.RunAsync(["find", directory, "-type", "f", "-printf", "%i %s\n"])).Exits(0).Lines;
        return lines.Distinct().Sum(line => long.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>The digest of the archive that tape and files make.</summary>
    private static string Replay(string tape, string root, long size)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using GZipStream input = new(File.OpenRead(tape), CompressionMode.Decompress);
        Span<byte> number = stackalloc byte[8];
        long total = 0;
        for (int kind = input.ReadByte(); kind >= 0; kind = input.ReadByte())
        {
            input.ReadExactly(number[..4]);
            byte[] data = new byte[BinaryPrimitives.ReadInt32LittleEndian(number)];
            input.ReadExactly(data);
            if (kind == 'C')
            {
                input.ReadExactly(number);
                data = File.ReadAllBytes(Path.Combine(root, Encoding.UTF8.GetString(data)));
                Assert.Equal(BinaryPrimitives.ReadInt64LittleEndian(number), data.Length);
            }

            hash.AppendData(data);
            total += data.Length;
        }

        return total == size ? "sha256:" + Convert.ToHexStringLower(hash.GetCurrentHash()) : $"{total} bytes instead of {size}";
    }

    /// <summary>The chains that images stand on.</summary>
    private HashSet<string> CheckImages()
    {
        HashSet<string> chains = [];
        foreach (string path in Directory.EnumerateFiles(Path.Combine(dataRoot, "images", "sha256")))
        {
            byte[] config = File.ReadAllBytes(path);
            Expect(ImageArchive.Digest(config) == Path.GetFileName(path), $"{path} does not have the digest it is named for");
            string chain = JObject.Parse(Encoding.UTF8.GetString(config))["rootfs"]!["diff_ids"]!.Values<string>().Aggregate("", (parent, diff) => On(parent, diff!));
            if (chain.Length > 0)
            {
                chains.Add(chain);
            }
        }

        return chains;
    }

    private void CheckReferences()
    {
        string path = Path.Combine(dataRoot, "images", "repositories.json");
        foreach (JProperty reference in JObject.Parse(File.ReadAllText(path))["References"]!.Cast<JProperty>())
        {
            string id = ((string)reference.Value!)["sha256:".Length..];
            Expect(File.Exists(Path.Combine(dataRoot, "images", "sha256", id)), $"{reference.Name} stands for an image that is not there");
        }
    }

    private void CheckContainers(HashSet<string> wanted)
    {
        foreach (string directory in Directory.EnumerateDirectories(Path.Combine(Root, "containers")))
        {
            string id = Path.GetFileName(directory);
            Expect(File.Exists(Path.Combine(dataRoot, "containers", id, "config.json")), $"the layer of container {id} belongs to none");
            string? chain = new FileInfo(Path.Combine(directory, "lower")).LinkTarget;
            Expect(chain is not null, $"the layer of container {id} stands on nothing");
            if (chain is not (null or "none"))
            {
                wanted.Add(chain);
            }
        }
    }

    private void CheckLinks()
    {
        string links = Path.Combine(Root, "l");
        if (Directory.Exists(links))
        {
            string[] targets = [.. Directory.EnumerateFileSystemEntries(links).Select(link => Path.GetFullPath(new FileInfo(link).LinkTarget!, links)).Order(StringComparer.Ordinal)];
            string[] layers = [.. _layers.Keys.Select(chain => Path.Combine(Root, "layers", chain["sha256:".Length..], "diff")).Order(StringComparer.Ordinal)];
            Expect(targets.SequenceEqual(layers), "links are not those of the layers");
        }
    }

    private static string On(string parent, string diff) => parent.Length == 0 ? diff : "sha256:" + ImageArchive.Digest(Encoding.ASCII.GetBytes($"{parent} {diff}"));

    private void Expect(bool condition, string problem)
    {
        if (!condition)
        {
            _problems.Add(problem);
        }
    }
}
