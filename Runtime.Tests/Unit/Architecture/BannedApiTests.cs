using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Rtd.Tests.Unit.Architecture;

/// <summary>What the engine's binaries must not refer to anywhere, read from their metadata: no suppression in a source file gets round it.</summary>
public sealed class BannedApiTests
{
    public static TheoryData<string> Binaries => ["rtd.dll", "rtinit.dll", "Runtime.Protocol.dll"];

    [Theory]
    [MemberData(nameof(Binaries))]
    public void No_binary_starts_processes_by_the_framework(string binary) =>
        Assert.DoesNotContain("System.Diagnostics.Process", References(binary));

    [Theory]
    [MemberData(nameof(Binaries))]
    public void No_binary_sleeps(string binary) =>
        Assert.DoesNotContain("System.Threading.Thread.Sleep", References(binary));

    [Theory]
    [MemberData(nameof(Binaries))]
    public void References_are_found_at_all(string binary) =>
        Assert.Contains("System.Object", References(binary));

    /// <summary>Full names of the types of other assemblies, and of their members, that a binary uses.</summary>
    private static HashSet<string> References(string binary)
    {
        using PEReader image = new(File.OpenRead(Path.Combine(AppContext.BaseDirectory, binary)));
        MetadataReader reader = image.GetMetadataReader();
        HashSet<string> names = [.. reader.TypeReferences.Select(handle => Name(reader, handle))];
        foreach (MemberReference member in reader.MemberReferences.Select(reader.GetMemberReference))
        {
            if (member.Parent.Kind == HandleKind.TypeReference)
            {
                names.Add($"{Name(reader, (TypeReferenceHandle)member.Parent)}.{reader.GetString(member.Name)}");
            }
        }

        return names;
    }

    private static string Name(MetadataReader reader, TypeReferenceHandle handle)
    {
        TypeReference type = reader.GetTypeReference(handle);
        return $"{reader.GetString(type.Namespace)}.{reader.GetString(type.Name)}";
    }
}
